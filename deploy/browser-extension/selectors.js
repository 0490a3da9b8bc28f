// All that is known of GitHub's pages. Where a page is of another kind, nothing here matches, and nothing is said there.
// Class names of its React pages end in a hash that changes with every release: only their beginnings are matched.

/** A box, and the part of the page below which the hint stands; the nearest one is taken. */
const BOXES = [
	{ // server-rendered: conversation, inline, reply, edit, review summary, commit, discussion
		box: "textarea.js-comment-field, textarea#new_comment_field",
		below: ".CommentBox, .js-previewable-comment-form, tab-container",
	},
	{ // React: an issue's composer
		box: 'textarea[aria-labelledby="comment-composer-heading"]',
		below: '[class*="MarkdownEditor-module__container"], [data-testid="comment-composer"]',
	},
	{ // React: edit, reply, review summary, commit
		box: '[class*="MarkdownInput-module__textArea"] textarea, textarea[class*="MarkdownInput-module__textArea"]',
		below: '[class*="MarkdownEditor-module__container"], [class*="MarkdownInput-module__inputWrapper"]',
	},
	{ // React: a new comment on a line of the files view
		box: 'div[class*="AddCommentEditor"] textarea',
		below: '[class*="MarkdownEditor-module__container"], [class*="AddCommentEditor"]',
	},
];
const KNOWN = BOXES.map(({ box }) => box).join(", ");
const WRITABLE = 'textarea, [contenteditable=""], [contenteditable="true"], [role="textbox"]';

/** The comment box that somebody writes in, if it is one. @type {BoxAt} */
const boxAt = (target) =>
	target instanceof HTMLTextAreaElement && target.matches(KNOWN) && !target.readOnly ? target : null;

/** @type {Below} */
function below(box) {
	const kind = BOXES.find((one) => box.matches(one.box));
	return (kind && box.closest(kind.below)) ?? box;
}

/** How many boxes a page shows: those that are known here, and others to write in. @type {Survey} */
function survey(root) {
	const shown = [...root.querySelectorAll(WRITABLE)].filter((it) => it.checkVisibility() && !it.matches("[readonly]"));
	const known = shown.filter((it) => it.matches(KNOWN)).length;
	return { known, strange: shown.length - known };
}

const CHANGE = { pull: "#", issues: "#", discussions: "#", commit: "@" };
/** Where a page is: as `place` in /v1/check; `null` outside a repository. An issue may be open beside a list or a board.
 * @type {PlaceOf} */
function placeOf({ hostname, pathname, search }) {
	const beside = new URLSearchParams(search).get("issue")?.split("|") ?? [];
	const [owner, name, kind, id] = beside.length === 3 ? [beside[0], beside[1], "issues", beside[2]] : pathname.split("/").slice(1);
	if (!owner || !name || RESERVED.has(owner)) return null;
	const project = `${owner}/${name}`, sign = CHANGE[/** @type {keyof typeof CHANGE} */ (kind)];
	return { platform: "github", server: hostname, project, change: sign && id ? project + sign + id : "" };
}
/** First parts of addresses that are no owner's. */
const RESERVED = new Set(["settings", "orgs", "organizations", "enterprises", "notifications", "marketplace", "topics", "sponsors",
	"search", "login", "issues", "pulls", "users", "codespaces", "projects", "discussions", "stars", "explore", "dashboard", "apps"]);
