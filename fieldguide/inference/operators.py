"""Which programs a bundle may hold: those that an image classifier needs, and no other.

A TorchScript archive is a program from a stranger. It can read and write files (`aten::from_file`, `aten::save`), and
parts of it run while it is being loaded: `__setstate__` methods, default arguments, class constants. So it is looked at
twice: its source and its pickles before loading (`refuse_program`, without torch), and the graph that will run, with
everything inlined, after loading (`refuse_operators`). Allow lists both times; what is not known is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from fieldguide.core.bundle import BundleFile
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference.pickles import pickle_problems

MAX_SOURCE = 8 * 2**20  # letters of a program: the starter's has 400,000; Python takes 80 bytes for each

# Names without `aten::`; a trailing underscore (in place) is taken off first.
_ATEN = frozenset(
    """
    _convolution conv1d conv2d conv3d convolution conv_transpose1d conv_transpose2d
    linear addmm addmv addbmm baddbmm bmm mm mv matmul dot einsum outer inner tensordot kron
    batch_norm instance_norm group_norm native_group_norm layer_norm native_layer_norm rms_norm native_batch_norm
    local_response_norm norm linalg_norm linalg_vector_norm normalize cosine_similarity var std var_mean std_mean
    relu relu6 leaky_relu prelu rrelu elu selu celu gelu silu mish sigmoid tanh hardswish hardsigmoid hardtanh softplus
    softsign hardshrink softshrink threshold log_sigmoid glu softmax log_softmax _softmax _log_softmax logsumexp
    avg_pool1d avg_pool2d max_pool1d max_pool2d max_pool2d_with_indices adaptive_avg_pool1d adaptive_avg_pool2d
    adaptive_max_pool1d adaptive_max_pool2d _adaptive_avg_pool2d lp_pool2d
    upsample_nearest1d upsample_nearest2d upsample_nearest3d upsample_linear1d upsample_trilinear3d adaptive_avg_pool3d
    _upsample_nearest_exact1d _upsample_nearest_exact2d _upsample_nearest_exact3d _upsample_lanczos2d_aa
    upsample_bilinear2d upsample_bicubic2d _upsample_bilinear2d_aa
    _upsample_bicubic2d_aa interpolate grid_sampler affine_grid_generator pixel_shuffle pixel_unshuffle channel_shuffle
    pad constant_pad_nd reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d zero_pad2d unfold im2col
    col2im fold dropout feature_dropout alpha_dropout feature_alpha_dropout bernoulli
    scaled_dot_product_attention _scaled_dot_product_attention_math multi_head_attention_forward embedding
    _native_multi_head_attention _transformer_encoder_layer_fwd
    add sub rsub mul div true_divide floor_divide floordiv remainder fmod neg abs sign reciprocal sqrt rsqrt square pow
    exp expm1 log log2 log10 log1p sin cos tan atan atan2 erf ceil floor round trunc frac clamp clamp_min clamp_max
    maximum
    minimum max min amax amin sum mean prod median cumsum cumprod argmax argmin any all sort argsort topk lerp addcmul
    addcdiv multiply divide subtract mod where masked_fill masked_select isnan isinf isfinite nan_to_num logical_and
    logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_not __and__ __or__ __xor__ __not__ __is__
    __isnot__ __contains__ __getitem__ __range_length __derive_index __upcast_element
    eq ne lt le gt ge equal is_nonzero
    view view_as reshape reshape_as _unsafe_view flatten unflatten squeeze unsqueeze permute transpose t swapaxes
    movedim moveaxis
    roll flip rot90 expand expand_as repeat repeat_interleave tile broadcast_to cat concat stack hstack vstack
    dstack split split_with_sizes tensor_split chunk unbind narrow slice select index index_select index_put
    index_add gather scatter scatter_add take take_along_dim triu tril meshgrid diagonal diag
    contiguous clone copy detach to _to_copy type_as float double half bfloat16 int long bool item Int Float Bool
    Int_tensor FloatImplicit IntImplicit ScalarImplicit lift_fresh alias
    zeros zeros_like ones ones_like full full_like empty empty_like new_zeros new_ones new_full new_empty tensor
    as_tensor scalar_tensor arange linspace eye fill zero rand_like
    size numel dim len stride is_floating_point is_complex device dtype format warn append extend insert pop list
    copy_ dict keys values items str
    fft_rfft2 fft_irfft2 fft_fft2 fft_ifft2 view_as_real view_as_complex real imag complex polar
    """.split()  # noqa: SIM905 - a list of 330 quoted names hides them
)
_PRIM = frozenset(
    """
    Constant GetAttr Param Return If Loop ListConstruct ListUnpack TupleConstruct TupleUnpack TupleIndex TupleSlice
    DictConstruct NumToTensor Uninitialized RaiseException unchecked_cast unchecked_unwrap_optional ConstantChunk
    data device dtype layout is_cuda is_cpu is_quantized is_sparse is_mkldnn is_nested requires_grad itemsize shape min
    max abs isinstance annotate rangelist
    """.split()  # noqa: SIM905
)
# Python and torch take a text apart in their own ways (torch reads `# type:` in a comment). Only what both read alike is
# read: letters of ASCII, strings on one line with nothing before them, no comment, no line that goes on.
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_AMBIGUOUS = re.compile(r"[^\x20-\x7e\n]|[#\\']|\w\"|\"{3}")
_SPACES = frozenset({"torch", "ops"})  # where operators are found by name
_METHODS = frozenset({"__len__", "__contains__"})  # dunder methods that containers have; `__setstate__` runs at load
# Types are written like values (`__annotations__["0"] = __torch__.torch.nn...`); only calls and arithmetic run.
_LITERALS = (
    *(ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.USub),
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Load),
)


def refuse_program(bundle: BundleFile) -> None:
    """Look at the source and the pickles before torch does.

    Raises:
        FieldGuideError: BUNDLE_UNSAFE with `file` and `problem`.
    """
    for problem in _program_problems(bundle):
        raise _refusal(bundle.path.name, problem)


def refuse_operators(kinds: Iterable[str], file: str) -> None:
    """Look at the kinds of every node (`aten::conv2d`, `prim::Constant`) of the inlined graph that will run.

    Raises:
        FieldGuideError: BUNDLE_UNSAFE with `file` and `problem` naming the first few that are not allowed.
    """
    forbidden = sorted({kind for kind in kinds if not _allowed(kind)})
    if forbidden:
        raise _refusal(file, ", ".join(forbidden[:5]))


def _allowed(kind: str) -> bool:
    space, _, name = kind.partition("::")
    if space == "aten":
        return name in _ATEN or name.removesuffix("_") in _ATEN
    return space == "prim" and name in _PRIM


def _program_problems(bundle: BundleFile) -> Iterator[str]:
    if sum(map(len, bundle.program().values())) > MAX_SOURCE:
        yield "a program without end"
        return
    for name, source in bundle.program().items():
        if _AMBIGUOUS.search(_STRING.sub('""', source)):
            yield f"a program that can be read in two ways {name}"
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            yield f"unreadable program {name}"
        else:
            yield from _source_problems(tree)
    yield from pickle_problems(bundle)


def _source_problems(tree: ast.Module) -> Iterator[str]:
    """What would run while loading, and operators of other namespaces than `torch`, `aten` and `prim`."""
    named = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            if node.name.startswith("__") and node.name.endswith("__") and node.name not in _METHODS:
                yield f"method {node.name}"
            defaults = [value for value in (*node.args.defaults, *node.args.kw_defaults) if value is not None]
            if not all(map(_is_literal, defaults)):
                yield f"computed default of {node.name}"
            if node.decorator_list:
                yield f"decorated {node.name}"
        elif isinstance(node, ast.ClassDef):
            yield from _class_problems(node)
        elif isinstance(node, ast.Attribute) and node.attr == "classes" and _dotted(node) == "__torch__.torch.classes":
            yield "a class of another library"
        elif isinstance(node, ast.Attribute) and id(node) not in named:
            yield from _operator_problems(node)
        elif isinstance(node, ast.Name) and node.id in _SPACES and id(node) not in named:
            yield f"{node.id} under another name"
    for statement in tree.body:
        if not isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.Import | ast.ImportFrom):
            yield "a statement outside of functions"


def _class_problems(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            if statement.value is not None and not _is_literal(statement.value):
                yield f"computed constant in {node.name}"
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            hooks = any(isinstance(target, ast.Name) and "hooks" in target.id for target in targets)
            if hooks and isinstance(statement.value, ast.List) and statement.value.elts:
                yield f"hooks on {node.name}"
        elif not isinstance(statement, ast.FunctionDef | ast.Pass):
            yield f"a statement in class {node.name}"


def _operator_problems(node: ast.Attribute) -> Iterator[str]:
    """An operator need not be called where it is named: `a = torch.save`."""
    path = _dotted(node).split(".")
    if path[0] == "ops" and not _allowed("::".join(path[1:])):
        yield "::".join(path[1:])
    elif path[0] == "torch" and not (_allowed(f"aten::{path[1]}") or path[1] in _PRIM):
        yield f"aten::{path[1]}"


def _dotted(node: ast.expr) -> str:
    """`a.b.c` of nested attributes; "?" stands for whatever is no name."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
        return all(isinstance(value, ast.Constant) for value in node.args)  # float("inf")
    return all(isinstance(part, _LITERALS) for part in ast.walk(node))


def _refusal(file: str, problem: str) -> FieldGuideError:
    return FieldGuideError(ErrorCode.BUNDLE_UNSAFE, file=file, problem=problem)
