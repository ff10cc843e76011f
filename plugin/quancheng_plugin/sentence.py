"""A sentence for a person, in Chinese first and English second.

Findings and errors are stored as evidence, so both languages are kept with the record
instead of being looked up when it is shown (decision 0004).
"""

from pydantic import BaseModel, ConfigDict


class Sentence(BaseModel):
    """The same plain statement in Simplified Chinese and in English."""

    model_config = ConfigDict(frozen=True)

    zh: str
    en: str

    def __str__(self) -> str:
        """Chinese, the language of the people who use the record."""
        return self.zh
