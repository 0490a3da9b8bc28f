// One walk through real Firefox: pair in the settings, add a server, write, use, undo, keep, be quiet, send.
// node firefox.mjs '{"extension", "profile", "site", "tactful", "code", "sting", "screenshots"}' prints what it saw as JSON.
import puppeteer from "puppeteer-core";

const asked = JSON.parse(process.argv[2]);
const browser = await puppeteer.launch({
	browser: "firefox", executablePath: asked.firefox, headless: true, userDataDir: asked.profile,
	extraPrefsFirefox: { "extensions.webextOptionalPermissionPrompts": false }, // nobody can press the browser's own question
});
const saw = {};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function opened(title) {
	for (let tries = 0; tries < 100; tries++) {
		for (const page of await browser.pages()) if (await page.title().catch(() => "") === title) return page;
		await pause(100);
	}
	throw new Error(`no page is called ${title}`);
}
try {
	await browser.installExtension(asked.extension);
	const settings = await opened("Settings of Tactful"); // opens by itself; a remote control may not go to such addresses
	const says = async (page, text) => {
		await page.waitForFunction((wanted) => document.querySelector("[role=status]").textContent.includes(wanted), {}, text);
		return page.$eval("[role=status]", (it) => it.textContent);
	};
	await settings.locator("#address").fill(asked.tactful);
	await settings.locator("#code").fill(asked.code);
	await settings.locator("#pair .first").click();
	saw.paired = await says(settings, "Paired.");
	await settings.locator("#site").fill(asked.site);
	await settings.locator("#add button").click();
	saw.added = await says(settings, "On for");
	await settings.screenshot({ path: `${asked.screenshots}/extension-firefox-settings.png` });

	const page = await browser.newPage();
	await page.setViewport({ width: 1000, height: 700 });
	await page.bringToFront();
	const errors = saw.errors = [];
	page.on("pageerror", (error) => errors.push(String(error)));
	const box = async (name, path) => {
		await page.goto(`${asked.site}${path}?box=${encodeURIComponent(name)}`);
		await page.locator("textarea").click();
	};
	const value = () => page.$eval("textarea", (it) => it.value);
	const press = async (name) => {
		await pause(400); // a hint that has come just now takes no presses
		await page.locator(`tactful-hint >>> ::-p-text(${name})`).click();
	};
	const until = (fn, ...rest) => page.waitForFunction(fn, { timeout: 60000 }, ...rest);
	const shown = (text) => until((wanted) => [...document.querySelectorAll("tactful-hint")]
		.some((it) => it.shadowRoot.textContent.includes(wanted)), text);
	const gone = () => until(() => !document.querySelector("tactful-hint")?.shadowRoot.querySelector("[role=group]"));
	await pause(500); // the scripts are registered

	for (const [name, path] of Object.entries(asked.boxes)) {
		await box(name, path);
		await page.keyboard.type(asked.sting);
		await page.waitForSelector("tactful-hint >>> mark");
		const here = saw[name] = { marked: await page.$eval("tactful-hint >>> mark", (it) => it.textContent) };
		here.height = await page.$eval("tactful-hint", (it) => it.getBoundingClientRect().height);
		here.padding = await page.$eval("tactful-hint", (it) => getComputedStyle(it).paddingLeft);
		await page.screenshot({ path: `${asked.screenshots}/extension-firefox-${name.replace(", ", "-")}.png` });
		await press("Use this wording");
		await shown("The wording is in your comment.");
		here.used = [await value(), await page.evaluate(() => window.heard)];
		here.focused = await page.evaluate(() => document.activeElement.localName);
		await press("Undo");
		await page.waitForSelector("tactful-hint >>> mark");
		here.undone = [await value(), await page.evaluate(() => window.heard)];
		await press("Keep mine");
		await gone();
		await page.locator("form button, .submit").click();
		here.sent = await page.evaluate(() => window.sent);
	}
	await page.locator("textarea").click();
	await page.keyboard.type(asked.sting);
	await page.waitForSelector("tactful-hint >>> mark");
	await press("Not now");
	await shown("Quiet for this comment.");
	await press("Quiet for an hour");
	await shown("Quiet for an hour.");

	await settings.locator("#forget").click();
	saw.forgotten = await says(settings, "Forgotten");
	await page.bringToFront();
	await settings.evaluate(() => location.assign("popup.html"));
	saw.popup = await settings.waitForSelector("#state p").then((it) => it.evaluate((one) => one.textContent));
} finally {
	await browser.close();
}
console.log(JSON.stringify(saw));
