// The probe in JavaScript.
export { default } from './actions.cjs';
