import './nowhere.js';

export default async ({ res }) => res.empty();
