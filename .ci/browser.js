// What `.ci/browser` asserts of each report. Says every failure, and ends with 1 when there was one.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const arguments_ = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

// A page that fails on whatever it should never do.
async function open(browser, file, options = {}) {
  const context = await browser.newContext({ bypassCSP: options.bypass, ...options });
  const page = await context.newPage();
  const faults = [];
  await page.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith('file:') && url.split('#')[0] === pathToFileURL(file).href) return route.continue();
    if (url.startsWith('data:')) return route.continue();
    faults.push(`a request: ${url}`);
    return route.abort();
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('popup', () => faults.push('a window'));
  await page.goto(pathToFileURL(file).href);
  return { page, context, faults };
}

const visible = (page) => page.locator('#findings .finding:visible').count();
const counted = async (page) => Number((await page.locator('#f-count').textContent()).match(/\d+/)[0]);

async function filters(browser, file) {
  const { page, context, faults } = await open(browser, file);
  const all = await page.locator('#findings .finding').count();
  if (all > 0) {
    assert.equal(await counted(page), all, 'all are counted');
    // Each choice of each filter shows what has it, and nothing else.
    for (const name of ['severity', 'level', 'outcome', 'rule', 'waived']) {
      const field = page.locator(`#f-${name}`);
      const values = await field.locator('option').evaluateAll((options) => options.map((one) => one.value).filter(Boolean));
      for (const value of values) {
        await field.selectOption(value);
        const expected = await page.evaluate(([name, value]) => {
          const has = (one) => {
            if (name === 'rule') return one.closest('.rule').dataset.rule === value;
            if (value === 'fails') return one.dataset.fails === 'yes';
            if (name === 'waived') return (one.dataset.waived === 'yes') === (value === 'only');
            return one.dataset[name] === value;
          };
          return [...document.querySelectorAll('#findings .finding')].filter(has).length;
        }, [name, value]);
        await page.waitForFunction((n) => document.getElementById('f-count').textContent.match(/\d+/)[0] === String(n), expected);
        assert.equal(await visible(page), expected, `${name} ${value}`);
      }
      await page.locator('#f-reset').click();
      assert.equal(await visible(page), all, 'reset shows all');
    }
    // Text.
    const address = await page.locator('#findings .address').first().textContent();
    await page.locator('#f-text').fill(address.toUpperCase());
    await page.waitForFunction((all) => Number(document.getElementById('f-count').textContent.match(/\d+/)[0]) <= all, all);
    await page.locator('#f-text').fill('no finding says this');
    await page.waitForFunction(() => document.getElementById('f-count').textContent.match(/\d+/)[0] === '0');
    assert.equal(await visible(page), 0);
    assert.ok(await page.locator('#no-match').isVisible(), 'it says that nothing passes');
    // A link to a finding that is hidden shows and opens it.
    const id = await page.locator('#findings .finding').last().getAttribute('id');
    await page.evaluate((id) => { location.hash = id; }, id);
    await page.waitForFunction((id) => document.getElementById(id).open, id);
    assert.equal(await visible(page), all);
    // The numbers above lead to what they count.
    for (const link of await page.locator('.tally a[data-set]').all()) {
      const n = Number(await link.locator('b').textContent());
      await link.click();
      if (n > 0) assert.equal(await counted(page), n, `the number ${n} is that of the findings behind it`);
    }
  }
  await context.close();
  return faults;
}

async function keyboard(browser, file) {
  const { page, context, faults } = await open(browser, file);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip', 'the first stop skips the rest');
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')];
    const seen = all.filter((one) => one.checkVisibility({ contentVisibilityAuto: false }) && one.className !== 'skip');
    seen.forEach((one, at) => { one.dataset.stop = at; });
    return seen.length;
  });
  const reached = new Set();
  for (let at = 0; at < wanted + 5 && reached.size < wanted; at += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      return { at: one.dataset.stop, ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 };
    });
    if (stop.at !== undefined) {
      assert.ok(stop.ring, 'what has the focus shows it');
      reached.add(stop.at);
    }
  }
  assert.equal(reached.size, wanted, 'the keyboard reaches everything');
  // A finding opens without a mouse.
  const summary = page.locator('#findings .finding > summary').first();
  if (await summary.count() > 0) {
    await summary.focus();
    await page.keyboard.press('Enter');
    assert.ok(await page.locator('#findings .finding').first().evaluate((one) => one.open));
  }
  await context.close();
  return faults;
}

async function fits(browser, file) {
  const faults = [];
  for (const width of [320, 360, 768, 1280]) {
    const opened = await open(browser, file, { viewport: { width, height: 800 } });
    await opened.page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
    const wide = await opened.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} wide at ${width}`);
    faults.push(...opened.faults);
    await opened.context.close();
  }
  return faults;
}

// The reader of the page has to be put into it, which its own policy refuses: only here it is set aside.
async function accessible(browser, file) {
  const faults = [];
  for (const colorScheme of ['light', 'dark']) {
    const { page, context } = await open(browser, file, { colorScheme, bypass: true });
    // What is not drawn yet has no place, and would be measured against what happens to stand there.
    await page.addStyleTag({ content: '.finding { content-visibility: visible !important }' });
    await page.evaluate(() => [...document.querySelectorAll('details')].slice(0, 40).forEach((one) => { one.open = true; }));
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const one of found.violations) {
      const places = one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} (${(node.any[0] || node.all[0] || {}).message})`);
      faults.push(`axe, ${colorScheme}: ${one.impact} ${one.id}: ${one.nodes.length} × ${places.join('; ')}`);
    }
    await context.close();
  }
  return faults;
}

async function theme(browser, file) {
  const { page, context, faults } = await open(browser, file, { colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  await page.locator('#theme').click();
  assert.notEqual(await ground(), before, 'the switch changes the theme');
  await page.locator('#theme').click();
  assert.equal(await ground(), before);
  await context.close();
  return faults;
}

// Complete without the script; on paper all is open.
async function bare(browser, file) {
  const { page, context, faults } = await open(browser, file, { javaScriptEnabled: false });
  assert.equal(await page.locator('#filters').isVisible().catch(() => false), false, 'no dead controls');
  for (const part of ['#verdict', '#places', '#hosts', '#findings', '#coverage']) {
    assert.ok(await page.locator(part).isVisible(), part);
  }
  await page.emulateMedia({ media: 'print' });
  const body = page.locator('#findings .finding .message').first();
  if (await body.count() > 0) assert.ok(await body.isVisible(), 'a finding is open on paper');
  await context.close();
  return faults;
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: arguments_ });
  let failed = 0;
  for (const file of process.argv.slice(2).map((one) => path.resolve(one))) {
    for (const check of [filters, keyboard, fits, accessible, theme, bare]) {
      let faults;
      try {
        faults = await check(browser, file);
      } catch (error) {
        faults = [error.message];
      }
      console.log(`   ${path.basename(file)}: ${check.name}: ${faults.length ? 'FAILED' : 'ok'}`);
      faults.slice(0, 10).forEach((fault) => console.log(`      ${fault}`));
      failed += faults.length ? 1 : 0;
    }
  }
  await browser.close();
  process.exit(failed ? 1 : 0);
}

main();
