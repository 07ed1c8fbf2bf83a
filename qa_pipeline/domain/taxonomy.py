"""What customers complain of: causes in groups, each with the department that owns it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

OTHER = "other"
"""The cause of complaints that fit no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A leaf of the taxonomy. `titles` and `examples` are by language.

    `group` is the upper level: process, people, product or communication; `owner` the department that answers for it.
    `examples` are sentences of customers: only causes that a site has added itself are found by them. `categories` are
    the site's ticket categories that mean this cause.
    """

    name: str
    group: str
    owner: str
    titles: Mapping[str, str]
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All causes by name, in the order in which people should see them.

    `enquiries` and `complaints` are words by which a disposition says that the call was one.
    """

    causes: Mapping[str, Cause] = field(default_factory=dict)
    enquiries: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    def title(self, name: str, language: str) -> str:
        """A cause as people call it; one that is not known keeps its name.

        >>> Taxonomy().title("lost_luggage", "en")
        'lost luggage'
        """
        cause = self.causes.get(name)
        return (cause.titles.get(language) if cause else None) or name.replace("_", " ")

    def owner(self, name: str) -> str:
        """The department that answers for a cause; "" where the cause is not known."""
        return self.causes[name].owner if name in self.causes else ""

    def group(self, name: str) -> str:
        """The upper level of a cause; "" where the cause is not known."""
        return self.causes[name].group if name in self.causes else ""

    def causes_of(self, category: str) -> frozenset[str]:
        """The causes that a ticket's category means: by their categories, names and titles, whatever the case."""
        wanted = _plain(category)
        return frozenset(
            name
            for name, cause in self.causes.items()
            if wanted in {_plain(word) for word in (name, *cause.titles.values(), *cause.categories)}
        )

    def filed_as(self, disposition: str) -> str:
        """Whether a disposition says "enquiry" or "complaint"; "" where it says neither, or both.

        Words for an enquiry are taken out first, so that "no complaint" may be one of them.

        >>> taxonomy = Taxonomy(enquiries=("enquiry", "no complaint"), complaints=("complaint",))
        >>> [taxonomy.filed_as(text) for text in ("Billing enquiry", "No complaint", "Complaint enquiry")]
        ['enquiry', 'enquiry', '']
        """
        rest = text = _plain(disposition)
        for word in sorted(self.enquiries, key=len, reverse=True):
            rest = _pattern(word).sub(" ", rest)
        enquiry, complaint = rest != text, any(_pattern(word).search(rest) for word in self.complaints)
        return "" if enquiry is complaint else "enquiry" if enquiry else "complaint"


def _plain(text: str) -> str:
    """One spelling of what people write into fields: case, width, and what stands between words do not count."""
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).split())


def _pattern(word: str) -> re.Pattern[str]:
    """The word on its own; Chinese is written without spaces, so a Chinese one anywhere."""
    plain = re.escape(_plain(word))
    return re.compile(plain if re.search("[㐀-鿿]", plain) else rf"(?<!\w){plain}(?!\w)")
