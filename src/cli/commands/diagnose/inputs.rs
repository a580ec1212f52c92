//! What the user has: a secret, a digest, a configuration, a log, an application.

use std::io::{self, IsTerminal};
use std::path::Path;

use oidc_secret::audit::Place;
use oidc_secret::authelia::{ClientSecret, Configuration, effective};
use oidc_secret::catalogue::Application;
use oidc_secret::log::{Cause, Log};
use oidc_secret::{Digest, Limits, Secret, equal_digests, matching_digests, place_of};

use super::args::DiagnoseArgs;
use crate::cli::args::configuration_files::ConfigurationFiles;
use crate::cli::args::digest_source::SourcedDigest;
use crate::cli::args::secret::Purpose;
use crate::cli::catalogue;
use crate::cli::configuration::known_ids;
use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::lines::{Line, Lines};
use crate::cli::terminal::output::hint;
use crate::cli::terminal::progress::Progress;

/// What the user has.
pub(super) struct Inputs {
    pub(super) secret: Option<Secret>,
    /// The digest: the one given, or that of the client.
    pub(super) digest: Option<SourcedDigest>,
    /// Whether the digest is an argument or from a file of its own.
    pub(super) is_digest_given: bool,
    /// Why the client's digest cannot be used.
    pub(super) unusable: Option<Failure>,
    /// The files of the configuration, none if there is no configuration.
    pub(super) files: Vec<Configuration>,
    /// The clients that Authelia takes from the configuration.
    pub(super) clients: Vec<ClientSecret>,
    /// The client's id.
    pub(super) client: Option<String>,
    pub(super) application: Option<Application>,
    pub(super) log: Option<LogFile>,
    pub(super) limits: Limits,
}

/// A log, with the name of its file.
pub(super) struct LogFile {
    pub(super) name: String,
    pub(super) log: Log,
}

impl Inputs {
    pub(super) fn read(args: &DiagnoseArgs) -> Result<Self, Failure> {
        args.source.refuse_unused()?;
        refuse_shared_stdin(args)?;
        refuse_nothing(args)?;
        refuse_useless(args)?;
        let application = args.app.as_deref().map(catalogue::find).transpose()?;
        let configuration = args.source.configuration()?;
        let log = args.log.as_deref().map(LogFile::read).transpose()?;
        let digest = args.source.given()?;
        let mut inputs = Self {
            secret: None,
            is_digest_given: digest.is_some(),
            digest,
            unusable: None,
            files: Vec::new(),
            clients: configuration.as_ref().map(clients).transpose()?.unwrap_or_default(),
            client: args.source.client.clone(),
            application,
            log,
            limits: Limits::from(&args.limits),
        };
        inputs.secret = inputs.read_secret(args)?;
        inputs.choose_client();
        if let Some(configuration) = configuration {
            inputs.take_digest(args, &configuration)?;
            inputs.files = configuration.files;
        }
        Ok(inputs)
    }

    /// Reads the secret, if there is one. A log may be all that there is, so that then only a flag tells
    /// that there is a secret too.
    fn read_secret(&self, args: &DiagnoseArgs) -> Result<Option<Secret>, Failure> {
        let is_taken = is_stdin_taken(args);
        let is_pair = self.is_digest_given && self.log.is_none() && self.clients.is_empty();
        if args.secret.is_named() || is_pair {
            return args.secret.read(Purpose::Verify, is_taken).map(Some);
        }
        if self.log.is_some() { Ok(None) } else { args.secret.read_optional(is_taken) }
    }

    /// Chooses the client if no id is given: the only one, the one with the digest, the one whose secret it
    /// is, or the one that has the application's usual id.
    fn choose_client(&mut self) {
        if self.client.is_some() {
            return;
        }
        let given = self.digest.as_ref().and_then(|digest| digest.text.parse().ok());
        let chosen = match (&self.clients[..], given, &self.secret) {
            ([only], ..) => Some(only),
            (_, Some(digest), _) => self.with_digest(&digest).into_iter().next(),
            (_, None, Some(secret)) if !self.is_digest_given => self.owner(secret, None),
            _ => None,
        };
        let chosen = chosen.or_else(|| self.of_application());
        let chosen = chosen.map(|client| (client.id.clone(), client.line));
        if let Some((id, line)) = &chosen
            && self.clients.len() > 1
        {
            hint(&format!("the client is {id} (line {line})"));
        }
        self.client = chosen.map(|(id, _)| id);
    }

    /// Takes the client's digest from the configuration, unless a digest is given.
    fn take_digest(
        &mut self,
        args: &DiagnoseArgs,
        configuration: &ConfigurationFiles,
    ) -> Result<(), Failure> {
        if self.is_digest_given {
            return Ok(());
        }
        match args.source.configured(configuration, self.client.as_deref()) {
            Ok(digest) => self.digest = Some(digest),
            Err(failure) if self.clients.is_empty() => return Err(failure),
            Err(_) if self.client.is_none() && self.secret.is_some() => {
                return Err(self.of_no_client(configuration));
            }
            // A log may be about all clients.
            Err(failure) if self.client.is_none() && self.log.is_none() => return Err(failure),
            // A public client has no secret to compare.
            Err(_) if self.is_public() && self.secret.is_none() => {}
            Err(failure) => self.unusable = Some(failure),
        }
        Ok(())
    }

    /// Describes that the secret was tried on all clients.
    fn of_no_client(&self, configuration: &ConfigurationFiles) -> Failure {
        let ids: Vec<_> = self.clients.iter().map(|client| &client.id).collect();
        let text = format!("the secret matches none of the {} clients", ids.len());
        Failure::new(text).at(configuration.names()).hint(format!(
            "to find out why it does not match one of them, add --client ID; {}",
            known_ids("", &ids)
        ))
    }

    /// Returns the first client whose digest the secret matches, except one.
    pub(super) fn owner(&self, secret: &Secret, except: Option<&str>) -> Option<&ClientSecret> {
        let digests = self.digests().filter(|(client, _)| Some(&*client.id) != except);
        let (clients, digests): (Vec<_>, Vec<_>) = digests.unzip();
        let mut progress = Progress::new("clients", None);
        let found =
            matching_digests(secret, &digests, &self.limits, &mut |now, _| progress.set(now));
        found.first().map(|index| clients[*index])
    }

    /// Returns the client that has the usual id of the application.
    fn of_application(&self) -> Option<&ClientSecret> {
        let templates = &self.application.as_ref()?.clients;
        let is_usual = |client: &&ClientSecret| {
            templates.iter().any(|t| t.entry.text("client_id") == Some(&*client.id))
        };
        self.clients.iter().find(is_usual)
    }

    /// Returns the clients that have a digest.
    pub(super) fn with_digest(&self, digest: &Digest) -> Vec<&ClientSecret> {
        let (clients, digests): (Vec<_>, Vec<_>) = self.digests().unzip();
        equal_digests(digest, &digests).into_iter().map(|index| clients[index]).collect()
    }

    fn digests(&self) -> impl Iterator<Item = (&ClientSecret, Digest)> {
        let digest = |client: &ClientSecret| client.secret.as_deref()?.parse().ok();
        self.clients.iter().filter_map(move |client| Some((client, digest(client)?)))
    }

    /// Returns the place of the client's secret in the configuration, if the digest is from there.
    pub(super) fn place_of_secret(&self) -> Option<Place> {
        let id = self.client.as_deref().filter(|_| self.is_configured())?;
        place_of(&Cause::WrongSecret, &self.files, id)
    }

    /// Whether the client is a public one, which has no secret.
    pub(super) fn is_public(&self) -> bool {
        self.entry().is_some_and(|client| client.public)
    }

    /// Whether the configuration has the client.
    pub(super) fn has_client(&self) -> bool {
        self.entry().is_some()
    }

    /// Returns the client's entry in the configuration.
    pub(super) fn entry(&self) -> Option<&ClientSecret> {
        self.clients.iter().find(|client| Some(&client.id) == self.client.as_ref())
    }

    /// Returns the name of the file whose clients Authelia takes.
    pub(super) fn file_name(&self) -> String {
        let file = effective(&self.files).and_then(|index| self.files.get(index));
        file.map_or_else(String::new, |file| input::name(file.name().as_ref()))
    }

    /// Whether the configuration has the digest, so that it is read as Authelia reads it.
    pub(super) fn is_configured(&self) -> bool {
        self.digest.is_some() && !self.is_digest_given
    }
}

impl LogFile {
    fn read(path: &Path) -> Result<Self, Failure> {
        let name = input::name(path);
        let file = if name == "standard input" { input::stdin()? } else { input::bounded(path)? };
        let (mut log, mut lines) = (Log::default(), Lines::new(file));
        let mut progress = Progress::new("lines", None);
        loop {
            let read = |line: &Line<'_>| {
                let text = line.text.unwrap_or_default();
                log.read_line(text);
                text.get(..2).map_or([0, 0], |start| [start[0], start[1]])
            };
            let starts = lines.window(read).map_err(|error| Failure::io("read", path, &error))?;
            let Some(start) = starts.first() else { return Ok(Self { name, log }) };
            if log.lines() == starts.len() as u64 {
                refuse_encoding(&name, *start)?;
            }
            progress.add(starts.len());
        }
    }
}

/// Refuses a log that is not text, by its first two bytes.
fn refuse_encoding(name: &str, start: [u8; 2]) -> Result<(), Failure> {
    let (what, hint) = match start {
        // The magic numbers of gzip (RFC 1952 §2.3.1) and Zstandard (RFC 8878 §3.1.1).
        [0x1f, 0x8b] | [0x28, 0xb5] => ("compressed", "decompress it first"),
        [0xff, 0xfe] | [0xfe, 0xff] => {
            ("in UTF-16, as PowerShell writes it", "write it again as UTF-8")
        }
        _ => return Ok(()),
    };
    Err(Failure::new(format!("{name}: the log is {what}")).hint(hint))
}

fn clients(configuration: &ConfigurationFiles) -> Result<Vec<ClientSecret>, Failure> {
    let Some((file, _)) = configuration.effective() else { return Ok(Vec::new()) };
    let at = |error| Failure::from(error).at(input::name(file.name().as_ref()));
    file.client_secrets().map_err(at)
}

fn is_stdin_taken(args: &DiagnoseArgs) -> bool {
    let is_log = args.log.as_deref().is_some_and(is_stdin);
    args.source.is_stdin() || is_log
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Refuses to read two inputs from standard input: either would be read as the other.
fn refuse_shared_stdin(args: &DiagnoseArgs) -> Result<(), Failure> {
    args.secret.refuse_taken_stdin(is_stdin_taken(args))?;
    let is_log = args.log.as_deref().is_some_and(is_stdin);
    if args.source.stdin_count() + usize::from(is_log) > 1 {
        return Err(Failure::new("two inputs cannot both be standard input")
            .hint("read one of them from a file"));
    }
    Ok(())
}

/// Refuses flags that have no use without others.
fn refuse_useless(args: &DiagnoseArgs) -> Result<(), Failure> {
    let has_configuration = args.source.is_configuration();
    let what = match args {
        // A running provider is asked about any client, with the scopes of any application.
        _ if has_configuration || args.live.live.is_some() => return Ok(()),
        _ if args.live.redirect_uri.is_some() => {
            "--redirect-uri is compared with a client of a configuration"
        }
        DiagnoseArgs { app: Some(_), .. } => "--app is compared with a client of a configuration",
        _ if args.source.client.is_some() && args.log.is_none() => {
            "--client names a client in a configuration or a log"
        }
        _ if args.candidates.is_some() && !args.source.is_given() => {
            "--candidates are compared with a digest"
        }
        _ => return Ok(()),
    };
    Err(Failure::new(what).hint("add --config FILE"))
}

/// Refuses to wait for a secret on a terminal when nothing is given at all.
fn refuse_nothing(args: &DiagnoseArgs) -> Result<(), Failure> {
    let has_other = args.source.is_given() || args.log.is_some() || args.secret.is_named();
    if has_other || !io::stdin().is_terminal() {
        return Ok(());
    }
    Err(nothing())
}

/// Describes that nothing is given.
pub(super) fn nothing() -> Failure {
    Failure::new("there is nothing to diagnose").hint(
        "give a digest, --config FILE with --client ID, --log FILE, or a secret with --secret-file \
         PATH",
    )
}
