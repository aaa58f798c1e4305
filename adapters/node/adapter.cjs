// Begins the Node worker. CommonJS, so that a function finds a `require.main`, as in any program.
import('./runtime_adapter/main.js');
