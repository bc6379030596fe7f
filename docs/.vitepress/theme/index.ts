import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent } from 'vue';
import './style.css';

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    // Loaded by the page that uses it alone: it contains the whole of core.
    app.component(
      'Explainer',
      defineAsyncComponent(() => import('./Explainer.vue')),
    );
  },
};

export default theme;
