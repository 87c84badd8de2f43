// Before the first paint, so it is no module: light or dark as chosen here, else as the system has it.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const chosen = localStorage.getItem('theme');
    document.documentElement.dataset.bsTheme = chosen ?? (system.matches ? 'dark' : 'light');
    dispatchEvent(new Event('theme'));
  };
  system.addEventListener('change', apply);
  addEventListener('storage', apply);
  addEventListener('theme-choice', apply);
  apply();
})();
