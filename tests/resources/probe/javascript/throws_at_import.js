throw new Error('probe import error');
