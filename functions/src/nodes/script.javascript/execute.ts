import { scriptStep } from '@automateos/shared/expression/script-step';

export const execute = scriptStep('javascript');
