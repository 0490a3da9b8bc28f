"""Minimal pages of our own, each with one of the structures that GitHub's comment boxes have today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PULL = "/octo/parser/pull/12"


@dataclass(frozen=True)
class Box:
    """``html`` goes into the page at ``path``; ``react`` says that the page holds the value and draws it anew."""

    path: str
    html: str
    react: bool = False
    change: str = "octo/parser#12"


def _legacy(form: str, textarea: str, *, button: str = "Comment") -> str:
    return f"""<form class="{form}">
      <tab-container class="js-previewable-comment-form"><file-attachment><text-expander>
        <textarea {textarea} aria-label="Comment"></textarea>
      </text-expander></file-attachment></tab-container>
      <button>{button}</button>
    </form>"""


def _react(textarea: str, *, button: str, around: str = "div") -> str:
    return f"""<{around}><fieldset><div class="MarkdownEditor-module__container__H4O8J">
      <div role="toolbar" aria-label="Formatting tools"><button type="button">Bold</button></div>
      <div class="MarkdownInput-module__inputWrapper__vOI3M">{textarea}</div>
      </div></fieldset><button type="button" class="submit">{button}</button></{around.partition(" ")[0]}>"""


_MARKDOWN = """<span class="MarkdownInput-module__textArea__BRDa8 prc-components-TextInputBaseWrapper-wY-n0">
  <textarea aria-label="Markdown value"></textarea></span>"""

BOXES: Final = {
    "conversation": Box(
        PULL,
        """<form class="js-new-comment-form"><div class="CommentBox"><div class="CommentBox-container">
        <textarea name="comment[body]" id="new_comment_field" aria-label="Comment"
          class="js-comment-field CommentBox-input"></textarea>
        </div></div><button>Comment</button></form>""",
    ),
    "inline, legacy": Box(
        f"{PULL}/files",
        _legacy("js-inline-comment-form", 'name="comment[body]" class="js-comment-field"', button="Start a review"),
    ),
    "inline, React": Box(
        f"{PULL}/changes",
        """<div><div class="AddCommentEditor-module__ConversationCommentBox__qxXdE">
        <textarea data-component="Textarea" aria-label="Comment"></textarea></div>
        <div class="Footer-module__footer__asFN1"><button type="button" class="submit">Start a review</button></div></div>""",
        react=True,
    ),
    "review, legacy": Box(
        f"{PULL}/files",
        _legacy(
            "js-reviews-form",
            'name="pull_request_review[body]" id="pull_request_review_body" class="js-comment-field"',
            button="Submit review",
        ),
    ),
    "review, React": Box(
        f"{PULL}/changes",
        _react(
            '<textarea class="MarkdownInput-module__textArea__jjK6q" aria-label="Comment"></textarea>',
            around='div role="dialog" aria-label="Finish your review"',
            button="Submit review",
        ),
        react=True,
    ),
    "reply, legacy": Box(
        PULL, _legacy("js-inline-comment-form", 'name="comment[body]" class="js-comment-field js-quick-submit"')
    ),
    "reply, React": Box(f"{PULL}/changes", _react(_MARKDOWN, button="Reply"), react=True),
    "edit, legacy": Box(PULL, _legacy("js-comment-update", 'name="issue_comment[body]" class="js-comment-field"')),
    "edit, React": Box("/octo/parser/issues/7", _react(_MARKDOWN, button="Update"), True, "octo/parser#7"),
    "issue": Box(
        "/octo/parser/issues/7",
        '<div data-testid="comment-composer"><h2 id="comment-composer-heading">Add a comment</h2>'
        + _react('<textarea aria-labelledby="comment-composer-heading"></textarea>', button="Comment")
        + "</div>",
        True,
        "octo/parser#7",
    ),
    "commit": Box(
        "/octo/parser/commit/4f2a",
        _legacy("js-new-comment-form", 'id="new_commit_comment_field" class="js-comment-field"'),
        change="octo/parser@4f2a",
    ),
    "discussion": Box(
        "/octo/parser/discussions/9",
        _legacy("js-new-comment-form", 'name="discussion[body]" class="js-comment-field"'),
        change="octo/parser#9",
    ),
    "changed": Box(
        PULL, '<form><textarea class="composer-x1" aria-label="Comment"></textarea><button>Send</button></form>'
    ),
    "nothing to write in": Box("/octo/parser", "<p>A file list.</p>"),
}
SUPPORTED: Final = tuple(name for name in BOXES if name not in ("changed", "nothing to write in"))
