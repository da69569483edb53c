"""XML: read whole and safely, without document types, entities or anything fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import FileError, Place, Problem
from audit_toolkit.files.reading import digest_of, read_bytes

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def read_xml(path: str | Path) -> tuple[Element, str]:
    """Read an XML file, its elements named without their namespaces; gives the root and the file's SHA-256.

    Raises
    ------
    FileError if it cannot be opened, is not XML, or declares a document type or entities, with which a small file
    can fill a machine.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    path = Path(path)
    data = read_bytes(path)
    if not data.strip():
        raise FileError(Problem("the file is empty", Place(path.name), "Export it again."))
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as refused:
        what = "the file declares a document type or entities, which no return does"
        raise FileError(Problem(what, Place(path.name), "Export it again.")) from refused
    except (ParseError, LookupError, ValueError) as broken:
        line, column = getattr(broken, "position", (None, None))
        where = Place(path.name, line=line, character=None if column is None else column + 1)
        raise FileError(Problem("this is not XML", where, "Export it again.")) from broken
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root, digest_of(data)
