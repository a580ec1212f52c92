//! Prompts on a pseudo-terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::fs::OFlags;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::{QUICK, folder, run};

const BINARY: &str = env!("CARGO_BIN_EXE_oidc-secret");

/// The binary on a pseudo-terminal.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: String,
    /// The terminal device, kept open so that its settings can be read after the program ends.
    device: File,
}

impl Terminal {
    fn run(args: &[&str]) -> Self {
        Self::run_program(BINARY, args)
    }

    pub(crate) fn run_program(program: &str, args: &[&str]) -> Self {
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env("NO_COLOR", "1");
        let name: PathBuf = pair.master.tty_name().unwrap();
        let flags = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let device = File::options().read(true).custom_flags(flags).open(name).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { master: pair.master, child, keyboard, output, screen: String::new(), device }
    }

    /// Waits until the screen ends with a text.
    fn expect(&mut self, text: &str) {
        self.wait(text, |screen| screen.ends_with(text));
    }

    /// Waits until a text is on the screen, where a question may go on.
    pub(crate) fn expect_question(&mut self, text: &str) {
        self.wait(text, |screen| screen.contains(text));
    }

    fn wait(&mut self, text: &str, is_there: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !is_there(&self.screen) {
            let left = deadline.saturating_duration_since(Instant::now());
            let bytes = self.output.recv_timeout(left);
            let bytes = bytes.unwrap_or_else(|_| panic!("no {text:?} in {:?}", self.screen));
            self.screen.push_str(&String::from_utf8(bytes).unwrap());
        }
    }

    pub(crate) fn type_in(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn echoes(&self) -> bool {
        tcgetattr(&self.device).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    fn signal(&self, name: &str) {
        super::send_signal(name, self.child.process_id().unwrap());
    }

    /// Waits for the end, checks that echo is on again, and returns the exit code and the screen.
    pub(crate) fn finish(self) -> (u32, String) {
        let (status, screen) = self.finish_with_status();
        (status.exit_code(), screen)
    }

    fn finish_with_status(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        assert!(self.echoes(), "the terminal was left without echo");
        assert_eq!(self.settings(), "isig icanon susp = ^Z");
        drop((self.device, self.keyboard, self.master));
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_secs(60)) {
            self.screen.push_str(&String::from_utf8(bytes).unwrap());
        }
        (status, self.screen)
    }

    /// Describes the settings that a prompt changes.
    fn settings(&self) -> &'static str {
        use rustix::termios::SpecialCodeIndex;
        let settings = tcgetattr(&self.device).unwrap();
        let canonical = LocalModes::ISIG | LocalModes::ICANON;
        let suspend = settings.special_codes[SpecialCodeIndex::VSUSP];
        match (settings.local_modes.contains(canonical), suspend) {
            (true, 26) => "isig icanon susp = ^Z",
            (true, 0) => "isig icanon susp = undef",
            _ => "other",
        }
    }
}

#[test]
fn hash_asks_twice_with_echo_off() {
    let mut terminal = Terminal::run(&["hash", "-i", "100000"]);
    terminal.expect("Secret: ");
    assert!(!terminal.echoes());
    assert_eq!(terminal.settings(), "isig icanon susp = undef");
    terminal.type_in("hunter2\n");
    terminal.expect("Secret again: ");
    assert!(!terminal.echoes());
    terminal.type_in("hunter2\n");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0);
    assert!(!screen.contains("hunter2"), "{screen}");
    let digest = screen.lines().find(|line| line.starts_with('$')).unwrap().trim();
    assert_eq!(run(&["verify", digest], "hunter2").result(), "match\n");
}

#[test]
fn verify_asks_once() {
    for (secret, code, verdict) in [("insecure_secret\n", 0, "match"), ("other\n", 1, "mismatch")] {
        let mut terminal = Terminal::run(&["verify", QUICK]);
        terminal.expect("Secret: ");
        terminal.type_in(secret);
        let (actual, screen) = terminal.finish();
        assert_eq!(actual, code);
        assert!(screen.contains(&format!("\n{verdict}\r\n")), "{screen:?}");
    }
}

#[test]
fn diagnose_goes_on_without_a_secret() {
    let folder = folder();
    let path = folder.path().join("configuration.yml");
    let entry =
        format!("{{client_id: a, client_secret: '{QUICK}', redirect_uris: ['https://a.b/c']}}");
    std::fs::write(&path, format!("identity_providers: {{oidc: {{clients: [{entry}]}}}}")).unwrap();
    let args = ["diagnose", "--config", path.to_str().unwrap()];
    for (secret, code, words) in
        [("insecure_secret\n", 0, "\nmatch\r\n"), ("\n", 2, "no secret was compared")]
    {
        let mut terminal = Terminal::run(&args);
        terminal.expect("Secret (empty if you do not have it): ");
        terminal.type_in(secret);
        let (actual, screen) = terminal.finish();
        assert_eq!(actual, code);
        assert!(screen.contains(words), "{screen:?}");
    }
    // Nothing is asked for if there is nothing to compare it with.
    let (code, screen) = Terminal::run(&["diagnose"]).finish();
    assert_eq!(code, 2);
    assert!(screen.contains("there is nothing to diagnose"), "{screen:?}");
}

#[test]
fn editing_keys_work() {
    let mut terminal = Terminal::run(&["verify", QUICK]);
    terminal.expect("Secret: ");
    // Kill the line with Ctrl-U, then erase one character.
    terminal.type_in("wrong\x15insecure_secretx\x7f\n");
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn a_confirmation_that_differs_is_an_error() {
    let mut terminal = Terminal::run(&["hash"]);
    terminal.expect("Secret: ");
    terminal.type_in("hunter2\n");
    terminal.expect("Secret again: ");
    terminal.type_in("hunter3\n");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 2);
    assert!(screen.contains("oidc-secret: error: the two secrets entered are not the same"));
    assert!(!screen.contains("hunter") && !screen.contains("$pbkdf2"), "{screen}");
}

#[test]
fn an_empty_entry_is_an_error() {
    for (typed, message) in [("\n", "the secret is empty"), ("\x04", "no secret was entered")] {
        let mut terminal = Terminal::run(&["hash"]);
        terminal.expect("Secret: ");
        terminal.type_in(typed);
        let (code, screen) = terminal.finish();
        assert_eq!(code, 2);
        assert!(screen.contains(message), "{screen}");
    }
}

#[test]
fn an_interrupt_restores_the_terminal() {
    type Interrupt = fn(&mut Terminal);
    let interrupts: [(Interrupt, u32); 4] = [
        (|terminal| terminal.type_in("hunt\x03"), 130),
        (|terminal| terminal.signal("INT"), 130),
        (|terminal| terminal.signal("TERM"), 143),
        (|terminal| terminal.signal("HUP"), 129),
    ];
    for (interrupt, expected) in interrupts {
        for prompts in [1, 2] {
            let mut terminal = Terminal::run(&["hash"]);
            terminal.expect("Secret: ");
            if prompts == 2 {
                terminal.type_in("hunter2\n");
                terminal.expect("Secret again: ");
            }
            interrupt(&mut terminal);
            let (code, screen) = terminal.finish();
            assert_eq!(code, expected);
            assert!(!screen.contains("hunt"), "{screen}");
        }
    }
}

#[test]
fn an_interrupt_after_the_prompt_ends_the_computation() {
    // Without the interrupt the computation would take ten minutes.
    let slow = "$pbkdf2-sha512$2000000000$c2FsdHNhbHQ$a2V5a2V5a2V5";
    let mut terminal = Terminal::run(&["verify", "--max-time", "100h", slow]);
    terminal.expect("Secret: ");
    terminal.type_in("x\n");
    // The settings are put back before the work begins.
    while !terminal.echoes() {
        std::thread::sleep(Duration::from_millis(10));
    }
    terminal.type_in("\x03");
    assert_eq!(terminal.finish_with_status().0.signal(), Some("Interrupt"));
}

#[test]
fn a_resumed_prompt_turns_echo_off_again() {
    let mut terminal = Terminal::run(&["verify", QUICK]);
    terminal.expect("Secret: ");
    terminal.signal("STOP");
    // A shell turns echo on when a job stops.
    let mut settings = tcgetattr(&terminal.device).unwrap();
    settings.local_modes |= LocalModes::ECHO;
    tcsetattr(&terminal.device, OptionalActions::Now, &settings).unwrap();
    terminal.screen.clear();
    terminal.signal("CONT");
    terminal.expect("Secret: ");
    assert!(!terminal.echoes());
    terminal.type_in("insecure_secret\n");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0);
    assert!(!screen.contains("insecure"), "{screen}");
}

#[test]
fn typing_into_standard_input_is_not_echoed() {
    let mut terminal = Terminal::run(&["verify", QUICK, "--secret-file", "-"]);
    terminal.expect("Secret: ");
    assert!(!terminal.echoes());
    terminal.type_in("insecure_secret\n");
    assert_eq!(terminal.finish().0, 0);
    let (code, screen) = Terminal::run(&["hash", "--batch"]).finish();
    assert_eq!(code, 2);
    assert!(screen.contains("--batch reads standard input, which is the terminal"), "{screen}");
}

#[test]
fn a_digest_on_standard_input_leaves_the_terminal_for_the_secret() {
    let script = format!("printf %s '{QUICK}' | {BINARY} verify --digest-file -");
    let mut terminal = Terminal::run_program("sh", &["-c", &script]);
    terminal.expect("Secret: ");
    terminal.type_in("insecure_secret\n");
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn a_secret_longer_than_a_terminal_line_is_refused() {
    let mut terminal = Terminal::run(&["verify", QUICK]);
    terminal.expect("Secret: ");
    terminal.type_in(&"x".repeat(5000));
    terminal.type_in("\n");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 2);
    assert!(screen.contains("too long to be typed"), "{screen}");
}

#[test]
fn a_prompt_without_a_terminal_is_an_error() {
    // setsid detaches the process from the terminal. Standard input has the digest.
    let script = r#"exec setsid "$0" verify --digest-file -"#;
    super::shell(script, QUICK).fails_with(&["no terminal", "--secret-file"]);
}

/// A configuration that does not exist is created only after a question.
/// From a configuration with a session to both sides, by answering questions.
#[test]
fn an_application_is_added_by_answering_questions() {
    let place = folder();
    let path = place.path().join("configuration.yml");
    let old = "session:
  cookies:
    - domain: 'example.com'
      authelia_url: 'https://auth.example.com'
identity_providers:
  oidc:
    clients: []
";
    std::fs::write(&path, old).unwrap();
    let digest = ["-a", "sha512crypt", "--rounds", "1000"];
    let file = path.to_str().unwrap();
    let args = [&["new", "--app", "kasm"][..], &digest, &["--write", file]].concat();
    // Enter takes the proposal; Ctrl-C leaves everything as it was.
    let mut terminal = Terminal::run(&args);
    terminal.expect_question("https://kasm.example.com");
    terminal.type_in("\x03");
    assert_eq!(terminal.finish().0, 130);
    let mut terminal = Terminal::run(&args);
    terminal.expect_question("URL of Kasm Workspaces:");
    terminal.type_in("\r");
    terminal.expect_question("Change /");
    terminal.type_in("n\r");
    let (code, screen) = terminal.finish();
    assert!(code == 2 && screen.contains("nothing was changed"), "{screen}");
    assert!(screen.contains("+      - client_id: 'kasm'"), "{screen}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), old);
    let mut terminal = Terminal::run(&args);
    terminal.expect_question("URL of Kasm Workspaces:");
    terminal.type_in("\r");
    terminal.expect_question("Change /");
    terminal.type_in("y\r");
    let (code, screen) = terminal.finish();
    assert!(code == 0 && screen.contains("client added and verified"), "{screen}");
    assert!(screen.contains("https://auth.example.com/api/oidc/token"), "{screen}");
    let new = std::fs::read_to_string(&path).unwrap();
    assert!(new.contains("'https://kasm.example.com/api/oidc_callback'"), "{new}");
    // Without questions, what is missing is an error.
    let mut args = args.clone();
    args.extend(["--no-input", "--id", "other"]);
    let (code, screen) = Terminal::run(&args).finish();
    assert!(code == 2 && screen.contains("--app-url"), "{screen}");
}

/// An application that is asked for, up to its last question.
fn asked() -> Terminal {
    let mut terminal =
        Terminal::run(&["new", "--app", "kasm", "-a", "sha512crypt", "--rounds", "1000"]);
    terminal.expect_question("URL of Kasm Workspaces:");
    terminal
}

/// However a question ends, the terminal has echo again, which `finish` checks.
#[test]
fn a_question_that_is_left_restores_the_terminal() {
    for (key, code, message) in [("\x03", 130, ""), ("\x1b", 2, "nothing was done")] {
        let mut terminal = asked();
        assert!(!terminal.echoes());
        terminal.type_in(key);
        let (actual, screen) = terminal.finish();
        assert!(actual == code && screen.contains(message), "{actual} {screen:?}");
    }
    for (name, signal) in [("TERM", "Terminated"), ("INT", "Interrupt"), ("HUP", "Hangup")] {
        let terminal = asked();
        terminal.signal(name);
        let (status, screen) = terminal.finish_with_status();
        assert_eq!(status.signal(), Some(signal), "{screen:?}");
        let [hidden, shown] = ["\x1b[?25l", "\x1b[?25h"].map(|text| screen.rfind(text));
        assert!(hidden < shown, "{screen:?}");
    }
}

/// Keys that do nothing here: Ctrl and an arrow, F1, F5, Alt and an arrow, Page Up, and an unknown one.
#[test]
fn other_keys_write_nothing_into_an_answer() {
    let mut terminal = asked();
    terminal.type_in("https://k.exampleX.com");
    // Four to the left, to after the X, which is erased.
    terminal.type_in(&"\x1b[D".repeat(4));
    terminal.type_in("\x7f");
    for key in ["\x1b[1;5C", "\x1bOP", "\x1b[15~", "\x1b[1;3A", "\x1b[5~", "\x1b[27;5;105~"] {
        terminal.type_in(key);
    }
    terminal.type_in("\r");
    terminal.expect_question("URL of Authelia:");
    terminal.type_in("\r");
    let (code, screen) = terminal.finish();
    assert!(code == 0, "{screen:?}");
    assert!(screen.contains("'https://k.example.com/api/oidc_callback'"), "{screen:?}");
}

/// Typing filters the list, and an arrow moves to the next line. The words of the command line are the first filter.
#[test]
fn an_application_is_chosen_from_a_list() {
    let mut terminal = Terminal::run(&["new", "--app", "zzz"]);
    terminal.expect_question("Application:");
    terminal.type_in("\x7f\x7f\x7f(nextc");
    terminal.expect_question("> Nextcloud");
    terminal.type_in("\x1b[B\x1b[A\r");
    terminal.expect_question("URL of Nextcloud:");
    terminal.type_in("\x03");
    assert_eq!(terminal.finish().0, 130);
}

#[test]
fn an_invalid_key_sequence_is_an_error() {
    let mut terminal = asked();
    terminal.type_in("https://k.example.com\x1b[300~");
    let (code, screen) = terminal.finish();
    assert!(code == 2 && screen.contains("invalid key sequence"), "{screen:?}");
    assert!(!screen.contains("panicked"), "{screen:?}");
}

#[test]
fn questions_are_coloured_as_the_flag_says() {
    for (color, is_coloured) in [("always", true), ("never", false)] {
        // The crate that writes the colours obeys `NO_COLOR`, which the other tests set, before any flag.
        let args = ["-u", "NO_COLOR", BINARY, "--color", color, "new", "--app", "kasm"];
        let mut terminal = Terminal::run_program("env", &args);
        terminal.expect_question("URL of Kasm Workspaces");
        terminal.type_in("\x03");
        let (_, screen) = terminal.finish();
        assert_eq!(screen.contains("\x1b[38;5;"), is_coloured, "{screen:?}");
    }
}

#[test]
fn a_missing_configuration_is_asked_for() {
    let place = folder();
    let path = place.path().join("configuration.yml");
    let client = ["--id", "kasm", "--redirect-uri", "https://kasm.example.com/cb"];
    let digest = ["-a", "sha512crypt", "--rounds", "1000"];
    let args = [&["new"][..], &client, &digest, &["--write", path.to_str().unwrap()]].concat();
    let mut terminal = Terminal::run(&args);
    terminal.expect_question("configuration.yml does not exist. Create it?");
    terminal.type_in("n\r");
    let (code, screen) = terminal.finish();
    assert!(code == 2 && screen.contains("add --create"), "{screen}");
    assert_eq!(super::names(place.path()), [""; 0]);
    let mut terminal = Terminal::run(&args);
    terminal.expect_question("Create it?");
    terminal.type_in("y\r");
    let (code, screen) = terminal.finish();
    assert!(code == 0 && screen.contains("client added and verified"), "{screen}");
    assert_eq!(super::mode(&path), 0o600);
}
