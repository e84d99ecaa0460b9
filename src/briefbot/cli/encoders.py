"""Which encoder a build and an answer use, chosen in one place.

A build uses the compiled model that the index already has, else the one of the cache, else a new one, else
sentence-transformers itself. An answer uses what its generation was made with, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.embedding.cache import compiled_model, is_of, source_of
from briefbot.embedding.models import model_folder
from briefbot.errors import ForeignIndex, IndexFault, ModelError
from briefbot.index.store import open_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.embedding.encoder import Encoder
    from briefbot.index.generation import Generation
    from briefbot.settings import Settings


def building_encoder(
    settings: Settings, *, anew: bool, compiling: Callable[[], None] = lambda: None
) -> tuple[Encoder, str | None]:
    """Return the encoder for a build, and why it is not the compiled one where it is not.

    With `anew`, what the index has is not looked at. `compiling` is called before a model is compiled.
    Raises ModelError where the settings name no model.
    """
    folder = model_folder(settings.model)
    if settings.precision == "reference":
        return reference_encoder(settings.model), None
    source = source_of(folder, settings.precision)
    kept = None if anew else _kept(settings, source)
    if kept:
        return kept, None
    try:
        data = compiled_model(folder, settings.precision, compiling)
    except ModelError as reason:
        return reference_encoder(settings.model), str(reason)
    return _compiled(settings.model, lambda: data), None


def _kept(settings: Settings, source: str) -> Encoder | None:
    """Return the encoder that the current generation was made with, if it is compiled from the same source."""
    try:
        with open_current(settings.index) as generation:
            return _kept_by(generation, settings.model) if generation.manifest.encoder.source == source else None
    except IndexFault:
        return None


def answering_encoder(generation: Generation, settings: Settings, plain: Callable[[str], Encoder]) -> Encoder:
    """Return the encoder that a generation was made with; `plain` makes one where that is sentence-transformers.

    Raises ForeignIndex where the settings name another model.
    """
    entry = generation.manifest.encoder
    if entry.name != settings.model and not is_of(entry.weights, settings.model):
        raise ForeignIndex(
            f"The index was made with the model {entry.name!r} and the settings name {settings.model!r}; "
            "set that model, or run: briefbot build"
        )
    return _kept_by(generation, settings.model) or plain(settings.model)


def _kept_by(generation: Generation, name: str) -> Encoder | None:
    """Return the encoder whose compiled model a generation keeps, if it keeps one."""
    read = generation.compiled_model()
    return _compiled(name, read, generation.manifest.encoder.identity) if read else None


def _compiled(name: str, read: Callable[[], bytes | memoryview], identity: str | None = None) -> Encoder:
    from briefbot.embedding.compiled import CompiledEncoder

    return CompiledEncoder(name, read, identity=identity)


def reference_encoder(model: str) -> Encoder:
    """Return sentence-transformers itself."""
    from briefbot.embedding.reference import ReferenceEncoder

    return ReferenceEncoder(model)
