"""The transformer as a graph for onnxruntime, written node by node, in its fastest operators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from feedback.second_look.windows import PADDING_ID
from feedback.training.second_look.eight_bits import Floats, quantised_columns, quantised_rows

HEADS = 12
NORM_EPSILON = 1e-12
OPSET, IR_VERSION = 17, 8
FUSED = "com.microsoft"
"""onnxruntime's own operators: attention, quantised products, the bend (Gelu)."""


@dataclass(slots=True)
class Graph:
    """Collects nodes and numbers."""

    nodes: list[NodeProto] = field(default_factory=list)
    numbers: list[TensorProto] = field(default_factory=list)

    def number(self, name: str, value: NDArray[np.generic]) -> str:
        """Keep an array under a name."""
        self.numbers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], output: str, *, domain: str = "", **attributes: object
    ) -> str:
        """Add a node with one output; gives the output's name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [output], domain=domain, **attributes))
        return output


def graph_of(state: Mapping[str, Floats], layers: int) -> ModelProto:
    """Write a trained reader's numbers (``network.Reader.state_dict``) as a graph.

    Its input ``ids`` are pieces (texts, pieces), padded; its output ``scores`` is four logits a text.
    """
    graph = Graph()
    present = _present(graph)
    x = _embedded(graph, state)
    for number in range(layers):
        x = _layer(graph, state, f"layers.{number}", x, present)
    _answers(graph, state, x)
    made = helper.make_graph(
        graph.nodes,
        "second look",
        [helper.make_tensor_value_info("ids", TensorProto.INT32, ["texts", "pieces"])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts", 4])],
        graph.numbers,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION)


def _present(graph: Graph) -> str:
    """Tell where there is a piece and no padding."""
    padding = graph.number("padding", np.array(PADDING_ID, np.int32))
    missing = graph.node("Equal", ["ids", padding], "missing")
    return graph.node("Cast", [graph.node("Not", [missing], "there")], "present", to=TensorProto.INT32)


def _embedded(graph: Graph, state: Mapping[str, Floats]) -> str:
    words, scales = quantised_rows(state["words.weight"])
    found = graph.node("Gather", [graph.number("words", words), "ids"], "word bytes")
    scale = graph.node("Gather", [graph.number("word scales", scales), "ids"], "scale")
    floats = graph.node("Cast", [found], "word floats", to=TensorProto.FLOAT)
    word = graph.node("Mul", [floats, scale], "word")
    graph.number("first", np.array([0], np.int64))
    graph.number("second axis", np.array([1], np.int64))
    graph.number("third axis", np.array([2], np.int64))
    length = graph.node("Shape", ["ids"], "length", start=1, end=2)
    places = graph.number("places", state["places.weight"])
    place = graph.node("Slice", [places, "first", length, "first"], "place")
    return _normalised(graph, state, "begin_norm", graph.node("Add", [word, place], "word at place"))


def _layer(graph: Graph, state: Mapping[str, Floats], name: str, x: str, present: str) -> str:
    looked_up = _dense(graph, state, f"{name}.looked_up", x)
    parts = [f"{name}.{part}" for part in ("query", "key", "value")]
    graph.nodes.append(helper.make_node("Split", [looked_up], parts, axis=2))
    heads = graph.node(
        "MultiHeadAttention", [*parts, "", present], f"{name}.heads", domain=FUSED, num_heads=HEADS
    )
    attended = _dense(graph, state, f"{name}.attended", heads)
    x = _sum_normalised(graph, state, f"{name}.attended_norm", (attended, x))
    wide = _dense(graph, state, f"{name}.widened", x)
    bent = graph.node("Gelu", [wide], f"{name}.bent", domain=FUSED)
    narrow = _dense(graph, state, f"{name}.narrowed", bent)
    return _sum_normalised(graph, state, f"{name}.narrowed_norm", (narrow, x))


def _dense(graph: Graph, state: Mapping[str, Floats], name: str, x: str) -> str:
    weights, scales = quantised_columns(state[f"{name}.weight"].T)
    inputs = [
        x,
        graph.number(f"{name}.bytes", weights),
        graph.number(f"{name}.scales", scales),
        "",
        graph.number(f"{name}.bias", state[f"{name}.bias"]),
    ]
    return graph.node("DynamicQuantizeMatMul", inputs, f"{name}.out", domain=FUSED)


def _normalised(graph: Graph, state: Mapping[str, Floats], name: str, x: str) -> str:
    numbers = [graph.number(f"{name}.{end}", state[f"{name}.{end}"]) for end in ("weight", "bias")]
    return graph.node("LayerNormalization", [x, *numbers], f"{name}.out", axis=-1, epsilon=NORM_EPSILON)


def _sum_normalised(graph: Graph, state: Mapping[str, Floats], name: str, terms: tuple[str, str]) -> str:
    """Normalise a sum, in two operators: onnxruntime's joined one takes five times as long (measured)."""
    return _normalised(graph, state, name, graph.node("Add", terms, f"{name}.sum"))


def _answers(graph: Graph, state: Mapping[str, Floats], x: str) -> None:
    """Take the mean over the pieces, and from it the answers."""
    counted = graph.node("Cast", ["present"], "counted", to=TensorProto.FLOAT)
    column = graph.node("Unsqueeze", [counted, "third axis"], "column")
    kept = graph.node("Mul", [x, column], "kept")
    total = graph.node("ReduceSum", [kept, "second axis"], "total", keepdims=0)
    count = graph.node("ReduceSum", [counted, "second axis"], "count", keepdims=1)
    mean = graph.node("Div", [total, count], "mean")
    weights = graph.number("answers.weight", state["answers.weight"].T)
    graph.node("Gemm", [mean, weights, graph.number("answers.bias", state["answers.bias"])], "scores")
