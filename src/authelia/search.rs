//! The search for the list of clients in a file that is not Authelia's own configuration.

use super::document::{Documents, Kind, Node};
use super::embedded::Held;
use super::location::{Location, Spot};
use super::path::{PATH, Path, Step};
use super::top_level::{has_own_keys, is_misspelt_root};

/// How surely a place has the clients, the surest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// `identity_providers.oidc.clients`, with clients.
    Clients,
    /// The same path, with an empty list.
    EmptyList,
    /// A list under another name, all of whose items look like clients.
    OtherList,
    /// A configuration without that list, to which clients can be added.
    Configuration,
}

/// The places that may have the clients: those of the surest kind that there is.
pub(super) struct Places {
    pub(super) locations: Vec<Location>,
    /// Whether they have a list, to which there may only be the keys above it.
    pub(super) have_lists: bool,
    /// A text that names the providers, but is not YAML.
    pub(super) unreadable: Option<Location>,
}

/// Searches the documents of a file, and the texts in their scalars.
pub(super) fn places(documents: &Documents<'_>) -> Places {
    let mut search = Search { found: Vec::new(), texts: Vec::new(), unreadable: None };
    search.documents(documents, true);
    let best = search.found.iter().map(|(rank, _)| *rank).min();
    let is_best = |(rank, _): &(Rank, Location)| Some(*rank) == best;
    let locations = search.found.into_iter().filter(is_best).map(|(_, place)| place).collect();
    let have_lists = best.is_some_and(|best| best < Rank::Configuration);
    Places { locations, have_lists, unreadable: search.unreadable }
}

struct Search {
    found: Vec<(Rank, Location)>,
    /// The scalars that the text is in which is searched now.
    texts: Vec<Spot>,
    unreadable: Option<Location>,
}

impl Search {
    /// Searches the documents of a text. `opens_texts` is whether to search in the texts of its scalars.
    fn documents(&mut self, documents: &Documents<'_>, opens_texts: bool) {
        for (index, root) in documents.roots.iter().enumerate() {
            self.node(root, &Spot { document: Some(index), path: Path::default() }, opens_texts);
        }
    }

    fn node(&mut self, node: &Node<'_>, spot: &Spot, opens_texts: bool) {
        let below = |step| Spot { path: spot.path.with(step), ..spot.clone() };
        match &node.kind {
            Kind::Mapping { pairs, .. } => {
                if let Some(rank) = rank_of_mapping(node) {
                    return self
                        .add(rank, &Spot { path: spot.path.with_keys(&PATH), ..spot.clone() });
                }
                for (key, value) in pairs {
                    // kubectl keeps a copy of a manifest there.
                    if let Some(key) = key.text().filter(|key| *key != "annotations") {
                        self.node(value, &below(Step::Key(key.to_owned())), opens_texts);
                    }
                }
            }
            Kind::List { items, .. } if is_list_of_clients(items) && !is_misplaced(&spot.path) => {
                self.add(Rank::OtherList, spot);
            }
            Kind::List { items, .. } => {
                for (index, item) in items.iter().enumerate() {
                    self.node(item, &below(Step::Item(index)), opens_texts);
                }
            }
            Kind::Scalar { .. } if opens_texts => self.text(node, spot),
            _ => {}
        }
    }

    /// Searches the text of a scalar.
    fn text(&mut self, scalar: &Node<'_>, spot: &Spot) {
        /// A configuration in Helm values in an Argo CD application has two.
        const MAX_TEXTS: usize = 3;
        if self.texts.len() >= MAX_TEXTS {
            return;
        }
        let Some(held) = Held::of(scalar) else { return };
        let text = &*held.text;
        self.texts.push(spot.clone());
        match Documents::parse(text) {
            Ok(documents) => self.documents(&documents, held.is_in_place()),
            // Most texts that are not YAML are something else, such as scripts.
            Err(_) if text.contains(PATH[0]) && self.unreadable.is_none() => {
                let list = Location::own().list;
                self.unreadable = Some(Location { texts: self.texts.clone(), list });
            }
            Err(_) => {}
        }
        self.texts.pop();
    }

    fn add(&mut self, rank: Rank, list: &Spot) {
        /// Two are ambiguous, and nobody reads a longer list.
        const MAX_FOUND: usize = 20;
        // Which document of Authelia's own configuration it is, is for others to judge.
        let is_own = list.path == Path::of_keys(&PATH);
        let document = list.document.filter(|_| !is_own || self.texts.is_empty());
        let list = Spot { document, path: list.path.clone() };
        let location = Location { texts: self.texts.clone(), list };
        let is_new = self.found.iter().all(|(_, found)| *found != location);
        if is_new && self.found.len() < MAX_FOUND {
            self.found.push((rank, location));
        }
    }
}

fn rank_of_mapping(node: &Node<'_>) -> Option<Rank> {
    let mut list = Some(node);
    for key in PATH {
        list = list.and_then(|node| node.get(key)).map(|(_, value)| value);
    }
    match list.map(|list| &list.kind) {
        Some(Kind::List { items, .. }) if !items.is_empty() => Some(Rank::Clients),
        Some(_) => Some(Rank::EmptyList),
        None if node.get(PATH[0]).is_some() => Some(Rank::Configuration),
        None => has_own_keys(node).then_some(Rank::Configuration),
    }
}

/// Whether all items look like clients. In a list of other mappings one may well have an id.
fn is_list_of_clients(items: &[Node<'_>]) -> bool {
    const KEYS: [&str; 6] = [
        "client_name",
        "client_secret",
        "public",
        "redirect_uris",
        "authorization_policy",
        "token_endpoint_auth_method",
    ];
    let has = |item: &Node<'_>, key: &str| item.get(key).is_some();
    let is_new = |item: &Node<'_>| has(item, "client_id") && KEYS.iter().any(|key| has(item, key));
    let is_old = |item: &Node<'_>| has(item, "id") && has(item, "redirect_uris");
    let is_client = |item: &Node<'_>| is_new(item) || is_old(item);
    let is_alias = |item: &Node<'_>| matches!(item.kind, Kind::Alias(_));
    items.iter().all(|item| is_client(item) || is_alias(item)) && items.iter().any(is_client)
}

/// Whether a list is in Authelia's own configuration, but where Authelia does not read it: the keys
/// above it are missing or misspelt. To take it for one that a program reads would hide that.
fn is_misplaced(path: &Path) -> bool {
    let is_root =
        |step: &Step| matches!(step, Step::Key(key) if key == PATH[0] || is_misspelt_root(key));
    match &path.0[..] {
        [Step::Key(clients)] => clients == "clients",
        [Step::Key(oidc), ..] if oidc == "oidc" => true,
        steps => steps.iter().any(is_root),
    }
}
