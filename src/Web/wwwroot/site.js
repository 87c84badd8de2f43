// What a page does beyond links and forms: theme switch, drawer, dropping files, telling progress, charts.
const announcer = document.getElementById('announcer');
const drawer = document.getElementById('drawer');
const drawerBody = document.getElementById('drawer-body');

// Theme: system, light, dark, in turn.
const themes = [[null, 'as the system has it'], ['light', 'light'], ['dark', 'dark']];
const themeButton = document.getElementById('theme');
const labelTheme = () => {
  const [, label] = themes.find(([name]) => name === localStorage.getItem('theme')) ?? themes[0];
  themeButton.setAttribute('aria-label', `Colours: ${label}`);
  themeButton.title = `Colours: ${label}`;
};
themeButton.addEventListener('click', () => {
  const at = themes.findIndex(([name]) => name === localStorage.getItem('theme'));
  const [next, label] = themes[(at + 1) % themes.length];
  if (next) localStorage.setItem('theme', next); else localStorage.removeItem('theme');
  dispatchEvent(new Event('theme-choice'));
  labelTheme();
  announcer.textContent = `Colours: ${label}`;
});
labelTheme();

// Drawer: opens when something was put into it, and gives the focus back to what opened it.
let opener = null;
document.body.addEventListener('htmx:beforeRequest', event => {
  if (event.detail.target === drawerBody && !drawer.open) opener = document.activeElement;
});
document.body.addEventListener('htmx:afterSwap', event => {
  if (event.detail.target !== drawerBody) return;
  if (!drawer.open) drawer.showModal();
  drawer.scrollTop = 0;
  drawerBody.querySelector('#drawer-title')?.focus({ preventScroll: true });
  drawerBody.querySelector('.found')?.scrollIntoView({ block: 'nearest', inline: 'center' });
});
drawer.querySelector('.drawer-close').addEventListener('click', () => drawer.close());
drawer.addEventListener('click', event => { if (event.target === drawer) drawer.close(); });
drawer.addEventListener('close', () => { drawerBody.replaceChildren(); opener?.focus(); opener = null; });

// A request that got no answer must not look like a button that does nothing.
document.body.addEventListener('htmx:sendError', event => {
  const target = event.detail.target;
  const said = document.createElement('p');
  said.className = 'notice notice-bad';
  said.setAttribute('role', 'alert');
  said.textContent = 'The server did not answer. Check the connection and try again.';
  target.replaceChildren(said);
  if (target === drawerBody && !drawer.open) drawer.showModal();
});

// Progress is told when it has something new to say.
document.body.addEventListener('htmx:load', event => {
  const telling = event.detail.elt.matches?.('[data-tell]') ? event.detail.elt : event.detail.elt.querySelector?.('[data-tell]');
  if (telling && announcer.textContent !== telling.dataset.tell) announcer.textContent = telling.dataset.tell;
});

// Dropping a file is choosing it and pressing the button.
for (const zone of document.querySelectorAll('[data-drop]')) {
  const input = zone.querySelector('input[type=file]');
  const upload = zone.querySelector('progress');
  const over = on => event => { event.preventDefault(); zone.classList.toggle('drop-over', on); };
  zone.addEventListener('dragover', over(true));
  zone.addEventListener('dragleave', over(false));
  zone.addEventListener('drop', event => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    zone.requestSubmit();
  });
  zone.addEventListener('htmx:xhr:progress', event => {
    upload.hidden = !(event.detail.lengthComputable && event.detail.total > 0);
    if (!upload.hidden) upload.value = event.detail.loaded / event.detail.total;
  });
  zone.addEventListener('htmx:afterRequest', event => { upload.hidden = true; if (event.detail.successful) zone.reset(); });
}

// Charts come when they are about to be seen.
const echarts = document.querySelector('script[data-echarts]').dataset.echarts;
const seen = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    import('/charts.js').then(charts => charts.draw(target, echarts));
  }
}, { rootMargin: '200px' });
htmx.onLoad(root => {
  if (root.matches?.('[data-chart]')) seen.observe(root);
  for (const chart of root.querySelectorAll('[data-chart]')) seen.observe(chart);
});

// Copying needs a secure page; where there is none, the text is chosen, to be copied by hand.
for (const button of document.querySelectorAll('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener('click', async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      announcer.textContent = button.textContent = 'Copied';
    } catch {
      announcer.textContent = 'The text is chosen: copy it with your keyboard.';
      field.focus();
    }
  });
}

for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => print());

// Passkeys, where the browser has them: WebAuthn needs a domain name over TLS, or localhost.
const passkeys = document.querySelectorAll('form[data-passkey]');
if (passkeys.length && window.PublicKeyCredential?.parseRequestOptionsFromJSON) import('/passkeys.js').then(module => passkeys.forEach(module.enable));
