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
    # compilers and distribution: not in sys.modules after loading, freezing, answers and a gradient
    "torch._dynamo", "torch._numpy", "torch._refs", "torch._prims", "torch._decomp", "torch._vendor.quack",
    "torch.numa", "torch.ao.ns", "torch.ao.pruning", "torch.export.pt2_archive", "torch._export.serde",
    "torch._export.passes",
    *(f"torch.distributed.{name}" for name in (
        "_composable", "_local_tensor", "_ops", "_shard", "_tools", "checkpoint", "elastic", "fsdp", "nn", "optim",
        "tensor",
    )),
]  # fmt: skip
