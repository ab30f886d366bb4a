"""XML without what makes it dangerous: entities, external files, endless depth."""
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree

from ...errors import InputError
from .recording import FORMS


def parse(content, where):
    """Return the outermost element of an XML document.

    Raises:
        InputError: if it is broken, or defines entities.

    Example:

    >>> parse(b"<svg/>", "a.svg").tag
    'svg'
    """
    try:
        return ElementTree.fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError, TypeError) as error:
        told = " ".join(str(error).split())
        raise InputError(f"{where}: broken XML ({told[:200]}); {FORMS}") from None


def name(element):
    """Return the name of an element without its namespace.

    Example:

    >>> name(parse(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg"))
    'svg'
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def named(root, *names):
    """Yield the elements of these names, whatever their namespace.

    Example:

    >>> [element.get("id") for element in named(parse(b'<a><b id="1"/></a>', "a.xml"), "b")]
    ['1']
    """
    return (element for element in root.iter() if name(element) in names)
