//! JSON, and what it cannot hold: serde_json writes `null` for NaN and recurses without end into a cycle (contract F4).

use serde::ser::{self, Serialize};
use std::fmt::{self, Display};

/// Deeper than any value that means something, and far from the end of the stack.
const DEEPEST: u32 = 1000;

/// The value as compact JSON, or why that cannot be.
pub fn encode(value: &impl Serialize) -> Result<Vec<u8>, String> {
    value.serialize(Check { depth: 0 }).map_err(|refused| refused.0)?;
    serde_json::to_vec(value).map_err(|error| error.to_string())
}

/// A serializer that writes nothing and only looks.
#[derive(Clone, Copy)]
struct Check {
    depth: u32,
}

#[derive(Debug)]
struct Refused(String);

type Checked = Result<(), Refused>;

impl Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(message: T) -> Self {
        Refused(message.to_string())
    }
}

impl Check {
    fn inside(self) -> Result<Self, Refused> {
        if self.depth == DEEPEST {
            return Err(Refused(format!("it is nested deeper than {DEEPEST} levels, as a value that holds itself is")));
        }
        Ok(Check { depth: self.depth + 1 })
    }

    fn number(self, value: f64) -> Checked {
        if value.is_finite() { Ok(()) } else { Err(Refused(format!("{value} is no number in JSON"))) }
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty))*) => { $(fn $method(self, _: $type) -> Checked { Ok(()) })* };
}

macro_rules! compounds {
    ($($method:ident($($type:ty),*) -> $compound:ident;)*) => {
        $(type $compound = Self; fn $method(self, $(_: $type),*) -> Result<Self, Refused> { self.inside() })*
    };
}

impl ser::Serializer for Check {
    type Ok = ();
    type Error = Refused;

    scalars! {
        serialize_bool(bool) serialize_char(char) serialize_str(&str) serialize_bytes(&[u8])
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
        serialize_unit_struct(&'static str)
    }

    compounds! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(&'static str, usize) -> SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }

    fn serialize_f32(self, value: f32) -> Checked {
        self.number(value.into())
    }

    fn serialize_f64(self, value: f64) -> Checked {
        self.number(value)
    }

    fn serialize_none(self) -> Checked {
        Ok(())
    }

    fn serialize_unit(self) -> Checked {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Checked {
        value.serialize(self.inside()?)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Checked {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Checked {
        value.serialize(self.inside()?)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self, _: &'static str, _: u32, _: &'static str, value: &T,
    ) -> Checked {
        value.serialize(self.inside()?)
    }
}

macro_rules! members {
    ($($compound:ident::$method:ident($($key:ty)?);)*) => { $(
        impl ser::$compound for Check {
            type Ok = ();
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Checked {
                value.serialize(*self)
            }

            fn end(self) -> Checked {
                Ok(())
            }
        }
    )* };
}

members! {
    SerializeSeq::serialize_element();
    SerializeTuple::serialize_element();
    SerializeTupleStruct::serialize_field();
    SerializeTupleVariant::serialize_field();
    SerializeStruct::serialize_field(&'static str);
    SerializeStructVariant::serialize_field(&'static str);
}

impl ser::SerializeMap for Check {
    type Ok = ();
    type Error = Refused;

    /// What can be a key, serde_json itself says.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Checked {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Checked {
        value.serialize(*self)
    }

    fn end(self) -> Checked {
        Ok(())
    }
}
