"""Files on their way from one messaging app to another: fetched where they came in, sent on where they go."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from store.errors import PermanentError
from store.outbox import Enclosure

Fetch = Callable[[str], Awaitable[bytes]]
"""Fetches a file of one app by its reference; raises ``FileGoneError`` or ``store.errors.TemporaryError``."""

OTHER_TYPE = "application/octet-stream"
HEAD_BYTES = 12
"""So many first bytes tell what a file is."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "image/png": ".png",
        "image/jpeg": ".jpg",
        "image/gif": ".gif",
        "image/webp": ".webp",
        "audio/ogg": ".ogg",
        "audio/mpeg": ".mp3",
        "audio/mp4": ".m4a",
        "video/mp4": ".mp4",
        "video/webm": ".webm",
    }
)


class FileGoneError(PermanentError):
    """The app where it came in has the file no more, never had it, or gives none so large."""


@dataclass(frozen=True, slots=True)
class Files:
    """Knows each app that files come in on.

    Attributes:
        sources: by the app's name.
    """

    sources: dict[str, Fetch] = field(default_factory=dict)

    async def fetch(self, file: Enclosure) -> bytes:
        """Fetch the bytes of a file from the app where it came in.

        Raises:
            FileGoneError: it cannot be had.
            TemporaryError: it cannot be had now.
        """
        source = self.sources.get(file.channel)
        if source is None or not file.reference:
            raise FileGoneError(f"files of {file.channel} cannot be had here: it is switched off")
        return await source(file.reference)


def media_type(head: bytes) -> str:
    """Tell by its first ``HEAD_BYTES`` bytes what a file is that browsers show or play safely.

    Everything else, pages and drawings that could hold a script among it, is ``OTHER_TYPE``: a download.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] == b"M4A" else "video/mp4"
    return next((media for magic, media in _BEGINNINGS if head.startswith(magic)), OTHER_TYPE)


def file_name(file: Enclosure, content: bytes) -> str:
    """Name a file; one that came without a name is called after what it is."""
    return file.name or f"{file.kind}{_ENDINGS.get(media_type(content[:HEAD_BYTES]), '')}"
