import { z } from 'zod';

export const reasonField = z.string().max(1_000).optional().describe('Kept with the letter');
