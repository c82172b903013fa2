"""What a page takes as a file: nothing larger than a form may be, refused before it is read.

Django bounds the fields of a form and not its files (DATA_UPLOAD_MAX_MEMORY_SIZE). No page of ours needs a file that
does not fit into memory, so none is written to disk either.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler


class SmallFiles(MemoryFileUploadHandler):
    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - as Django names it
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig(f"The files are larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes.")
        self.activated = True
