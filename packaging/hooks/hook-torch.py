"""How PyInstaller collects torch: what loading and running TorchScript needs, none of training, tracing, compiling.

Replaces the stock hook, which takes everything. Modules stay as sources beside their bytecode ("pyz+py"): torch
compiles some of its own functions from their source at import.
"""

from PyInstaller.utils.hooks import collect_data_files, collect_dynamic_libs

module_collection_mode = "pyz+py"
warn_on_missing_hiddenimports = False

datas = collect_data_files(
    "torch",
    excludes=[
        "**/*.h", "**/*.hpp", "**/*.cuh", "**/*.cu", "**/*.cpp", "**/*.cmake", "**/*.a", "**/*.lib", "**/*.pyi",
        "**/*.jinja",
        "include/**", "share/**", "test/**", "bin/protoc*", "bin/FileStoreTest*", "bin/*Test*", "bin/test_*",
        "_inductor/**", "utils/model_dump/**", "_export/**", "utils/benchmark/**", "onnx/**",
        "testing/_internal/**/*.json",
    ],
)  # fmt: skip
binaries = collect_dynamic_libs("torch")
hiddenimports = ["torch.testing._internal", "torch.distributed.rpc", "torch.utils.serialization"]
excludedimports = [
    "sympy", "networkx", "mpmath", "jinja2", "fsspec", "torchvision", "tensorboard", "triton", "pytest", "hypothesis",
    "expecttest", "scipy", "numba", "pandas", "setuptools", "onnx", "onnxscript",
    "torch.utils.tensorboard", "torch.utils.benchmark", "torch.utils.bottleneck", "torch.utils.cpp_extension",
    "torch.onnx", "torch._inductor", "torch.utils.model_dump",
]  # fmt: skip
