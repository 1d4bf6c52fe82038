'use strict';
(function () {
  var root = document.documentElement;
  root.classList.add('js');
  var byId = function (id) { return document.getElementById(id); };
  var all = function (selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); };

  // The theme of the system, until somebody asks for the other one.
  var theme = byId('theme');
  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  var isDark = function () { return root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches; };
  var nameTheme = function () { theme.textContent = isDark() ? theme.dataset.light : theme.dataset.dark; };
  theme.addEventListener('click', function () {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    nameTheme();
  });
  dark.addEventListener('change', nameTheme);
  nameTheme();

  // Filters. Without findings there are none.
  var form = byId('filters');
  var findings = all('#findings .finding');
  var groups = all('#findings .rule');
  var fields = ['text', 'path', 'severity', 'level', 'outcome', 'rule', 'waived'];
  var field = function (name) { return byId('f-' + name); };
  var texts = new Map();
  var textOf = function (one) {
    if (!texts.has(one)) { texts.set(one, one.textContent.toLowerCase()); }
    return texts.get(one);
  };
  var rules = new Map(groups.reduce(function (pairs, group) {
    var head = all(':scope > h3, :scope > p', group).map(function (part) { return part.textContent; }).join(' ').toLowerCase();
    return pairs.concat(all('.finding', group).map(function (one) { return [one, { group: group, head: head }]; }));
  }, []));

  var passes = function (one, asked) {
    var data = one.dataset, rule = rules.get(one);
    var is = function (name, value) { return !asked[name] || asked[name] === value; };
    if (!is('severity', data.severity) || !is('level', data.level) || !is('rule', rule.group.dataset.rule)) { return false; }
    if (asked.outcome === 'fails' ? data.fails !== 'yes' : !is('outcome', data.outcome)) { return false; }
    if (asked.waived && (asked.waived === 'only') !== (data.waived === 'yes')) { return false; }
    if (asked.path && one.querySelector('.path').textContent.toLowerCase().indexOf(asked.path) < 0) { return false; }
    return !asked.text || textOf(one).indexOf(asked.text) >= 0 || rule.head.indexOf(asked.text) >= 0;
  };
  var apply = function () {
    var asked = {}, shown = 0;
    fields.forEach(function (name) { asked[name] = field(name).value.trim(); });
    asked.text = asked.text.toLowerCase();
    asked.path = asked.path.toLowerCase();
    findings.forEach(function (one) {
      one.hidden = !passes(one, asked);
      shown += one.hidden ? 0 : 1;
    });
    groups.forEach(function (group) {
      var n = all('.finding:not([hidden])', group).length;
      var counted = group.querySelector('.counted');
      counted.dataset.all = counted.dataset.all || counted.textContent;
      var whole = all('.finding', group).length;
      counted.textContent = n === whole ? counted.dataset.all : n + ' / ' + counted.dataset.all;
      group.hidden = n === 0;
    });
    byId('no-match').hidden = shown > 0;
    var count = byId('f-count');
    count.textContent = count.dataset.words.replace('{n}', shown).replace('{all}', findings.length);
  };
  var reset = function () { fields.forEach(function (name) { field(name).value = ''; }); };

  if (form) {
    var waiting = 0;
    form.addEventListener('submit', function (event) { event.preventDefault(); });
    form.addEventListener('input', function () {
      clearTimeout(waiting);
      waiting = setTimeout(apply, 120);
    });
    byId('f-reset').addEventListener('click', function () { reset(); apply(); field('text').focus(); });
    var toggle = function (open) {
      findings.forEach(function (one) { if (!one.hidden) { one.open = open; } });
    };
    byId('f-open').addEventListener('click', function () { toggle(true); });
    byId('f-close').addEventListener('click', function () { toggle(false); });
    all('a[data-set]').forEach(function (link) {
      link.addEventListener('click', function () {
        reset();
        link.dataset.set.split('&').forEach(function (pair) {
          var parts = pair.split('='), into = field(parts[0]);
          var has = all('option', into).some(function (option) { return option.value === parts[1]; });
          if (has) { into.value = parts[1]; }
        });
        apply();
      });
    });
    apply();
  }

  // A link to a finding or a requirement opens all that it stands in.
  var reveal = function () {
    // Our own anchors have letters, digits and hyphens: nothing to decode.
    var at = byId(location.hash.slice(1));
    if (!at) { return; }
    if (form && at.closest('[hidden]')) { reset(); apply(); }
    for (var one = at; one; one = one.parentElement) {
      if (one.tagName === 'DETAILS') { one.open = true; }
    }
    at.scrollIntoView();
  };
  window.addEventListener('hashchange', reveal);
  if (location.hash) { reveal(); }

  // On paper nothing can be opened.
  var closed = [];
  window.addEventListener('beforeprint', function () {
    closed = all('details:not([open])');
    closed.forEach(function (one) { one.open = true; });
  });
  window.addEventListener('afterprint', function () {
    closed.forEach(function (one) { one.open = false; });
  });
}());
