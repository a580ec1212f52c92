#![doc = include_str!("../docs/catalogue.md")]

mod application;
mod check;
mod compose;
mod consistent;
mod embedded;
pub(crate) mod error;
mod format;
mod ini;
mod json;
mod json_text;
mod literal;
mod parse;
mod placeholders;
mod properties;
mod recognise;
mod resolve;
mod setting;
mod settings;
mod shell;
mod steps;
mod template;
mod tree;
mod url;
mod values;
mod variables;
mod yaml;

pub use application::{Application, ClientTemplate, Input, Settings};
pub use embedded::{application, applications, built_into};
pub use format::{SettingsFormat, UnknownFormat};
pub(crate) use recognise::recognise;
pub use resolve::ResolvedApplication;
pub use setting::Setting;
pub use steps::Step;
pub use template::Template;
pub use url::Url;
pub use values::Values;
