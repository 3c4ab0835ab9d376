"""Draws the picture of one file: reads it from standard input, writes WebP to standard output. Started by `previews`, never imported.

It takes nothing from the portal: no settings, no database, no secrets are in this process.
"""

import importlib
import io
import resource
import sys
from typing import Any

from PIL import Image, ImageOps

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 15
LONGEST_SIDE = 640


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # standard output is a pipe, which this does not touch


def _image(content: bytes) -> Any:
    image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
    image.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(image)


def _first_page(content: bytes) -> Any:
    page = importlib.import_module("pypdfium2").PdfDocument(content)[0]
    return page.render(scale=LONGEST_SIDE / max(*page.get_size(), 1)).to_pil()


def _on_white(image: Any) -> Any:
    """Where the image lets something through, that is white paper."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def main() -> None:
    """Draw, or end with an error, which means: no picture."""
    _limit()
    draw = _first_page if sys.argv[1] == "pdf" else _image
    picture = io.BytesIO()
    _on_white(draw(sys.stdin.buffer.read())).save(picture, "WEBP", quality=80)
    sys.stdout.buffer.write(picture.getvalue())


if __name__ == "__main__":
    main()
