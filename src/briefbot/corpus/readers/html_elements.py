"""What the elements of a page are for, told from their names, roles, classes and ids.

This is vocabulary: it changes as the habits of those who write pages change. It refuses to know any page.
"""

from __future__ import annotations

import re

Attributes = dict[str, str | None]


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTS = ("ul", "ol", "dl", "menu", "dir")
CELLS = ("td", "th")
BLOCKS = _names(
    """address article aside blockquote body caption center dd details div dt fieldset figcaption figure footer form
    header hgroup hr legend li main nav optgroup p pre search section summary table tbody tfoot thead tr"""
).union(HEADINGS, LISTS, CELLS)
UNSEEN = _names(
    """audio button canvas datalist dialog embed head iframe input map noscript object script select style svg template
    textarea video"""
)
NOT_NESTING = _names(  # elements without content, those that end by themselves, and the shapes of drawings
    """area base br col embed hr img input link meta param source track wbr
    a button dd dt li nobr option p tbody td tfoot th thead tr
    animate circle ellipse image line path polygon polyline rect stop use"""
)

_MAIN = _names("main article")
_MAIN_NAMES = _names(
    """article-body article-content content entry-content main main-content markdown-body mw-content-text
    post-content"""
)
_FURNITURE = _names("nav form")
_FURNITURE_OUTSIDE_MAIN = _names("header footer aside")
_FURNITURE_ROLES = _names("alertdialog banner complementary contentinfo dialog menu menubar navigation search")
_FURNITURE_NAMES = _names(
    """breadcrumb breadcrumbs footer menu nav navbar navigation pagination share sharing sidebar site-footer site-header
    skip-link social-links toc"""
)
_BANNER = re.compile(r"cookie|consent|gdpr", re.IGNORECASE)
_INVISIBLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def is_hidden(attributes: Attributes) -> bool:
    """Tell whether a reader of the page does not see the element."""
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or _INVISIBLE.search(attributes.get("style") or "") is not None
    )


def is_main(tag: str, attributes: Attributes) -> bool:
    """Tell whether the element is meant for the page's own text."""
    return tag in _MAIN or attributes.get("role") in _MAIN or not _MAIN_NAMES.isdisjoint(_called(attributes))


def is_furniture(tag: str, attributes: Attributes, *, within_main: bool) -> bool:
    """Tell whether the element is for what stands around the text: menus, banners, forms, site headers and footers."""
    called = _called(attributes)
    if tag == "body" or is_main(tag, attributes):
        return False
    return (
        tag in _FURNITURE
        or (tag in _FURNITURE_OUTSIDE_MAIN and not within_main)
        or attributes.get("role") in _FURNITURE_ROLES
        or not _FURNITURE_NAMES.isdisjoint(called)
        or any(map(_BANNER.search, called))
    )


def _called(attributes: Attributes) -> list[str]:
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().split()
