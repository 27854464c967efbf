"""The text of PDF and DOCX documents that strangers made.

They are read by a process of their own, which has nobody's secrets, little memory and little time,
and may be killed::

    read = await read_document(content, DocumentKind.PDF, DocumentLimits(pages=50))
    read.text or read.failure

The extra ``documents`` brings the libraries that do the reading, which only that process imports.
"""

from padstone.documents.reading import (
    DocumentKind,
    DocumentLimits,
    DocumentText,
    read_document,
)

__all__ = ["DocumentKind", "DocumentLimits", "DocumentText", "read_document"]
