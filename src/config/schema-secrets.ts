import * as z from 'zod';
import { keepFor, name, text } from './words.js';

/** The plan of a secret's rotation as people write it, by the name that something refers to it by. */
export const secrets = z.record(text, z.strictObject({ 'rotate-every': keepFor, owner: name }));
