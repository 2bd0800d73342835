export const explorerPage = '';
export const explorerScript = '';
export const explorerStyle = '';
