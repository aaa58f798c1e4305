pub const MAIN: u8 = 5;
