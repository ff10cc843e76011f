"""Paperless' date parser with Chinese dates; loaded by Paperless alone, through its entry point."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from quancheng_plugin.host.created import dates_in
from quancheng_plugin.host.paperless import part


class ChineseDateParser(part("documents.plugins.date_parsing", "RegexDateParserPlugin")):  # type: ignore[misc] # there only inside Paperless
    """Dates such as 2026年3月1日 or 二〇二六年三月一日 first, then whatever the built-in parser finds.

    The settings of the built-in one hold: a date to be ignored or in the future is passed over, and the
    file's name is looked at, before the text, only where `PAPERLESS_FILENAME_DATE_ORDER` is set.
    """

    def parse(self, filename: str, content: str) -> Iterator[datetime]:
        """Dates, as midnight of Paperless' time zone, the likeliest first, each once."""
        seen: set[datetime] = set()
        for found in self._all(filename, content):
            if found not in seen:
                seen.add(found)
                yield found

    def _all(self, filename: str, content: str) -> Iterator[datetime]:
        if self.config.filename_date_order:
            yield from self._chinese(filename)
            yield from self._process_content(filename, self.config.filename_date_order)
        yield from self._chinese(content)
        yield from self._process_content(content, self.config.content_date_order)

    def _chinese(self, text: str) -> Iterator[datetime]:
        zone = ZoneInfo(self.config.timezone_str)
        for day in dates_in(text):
            midnight = self._filter_date(datetime.combine(day, time(), zone))
            if midnight is not None:
                yield midnight
