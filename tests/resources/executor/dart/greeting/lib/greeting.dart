const text = 'hello';
