// Errors that a person caused and can put right: one sentence.

export class InputError extends Error {}
