//! `qualification/foreign-dependency`: data, secrets, identities, logs, images or code go to another operator than the
//! resource's own host, who is not qualified or answers to foreign law.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_sdk::{
    Answer3, Class, Demand, Dependency, Exposure, Flow, Gap, Hosting, HostingFact, Judgement,
    Level, Resource, ResourceId, Rule, Scan, Scope, Severity, Text, Verdict, Visa, level_words,
    listed, lower, text,
};

pub(crate) const RULE: Rule = Rule::together(prepare);

const ID: &str = "qualification/foreign-dependency";

/// Names, laws and related resources of one finding: a reader needs the first few.
const MOST_NAMES: usize = 5;
const MOST_LAWS: usize = 2;
const MOST_RELATED: usize = 20;

/// What flows to one operator, in an order of its own: the flags of the contract have none.
type Service = (u8, String);

fn prepare<'a>(
    scan: &'a Scan,
    scope: &[Resource<'a>],
) -> Box<dyn Fn(&Resource<'a>) -> Judgement + 'a> {
    let trusted = Trusted(scan.option(ID, "trusted-hosts"));
    let mut groups: BTreeMap<(ResourceId, Service), Vec<Resource<'a>>> = BTreeMap::new();
    let mut answered = BTreeSet::new();
    for resource in scope.iter().filter(|one| is_asked(one)) {
        for dependency in judged(resource) {
            let service = service(dependency);
            match dependency.target {
                Some(seat) if dependency.path.is_empty() => {
                    groups.entry((seat, service)).or_default().push(*resource)
                }
                Some(_) => {}
                None => {
                    answered.insert((resource.id(), service));
                }
            }
        }
    }
    for members in groups.values_mut() {
        // The first of the highest level stands for all.
        members.sort_by_key(|one| std::cmp::Reverse(one.sensitivity().level as u8));
    }
    let all = Everything {
        trusted,
        groups,
        answered,
    };
    Box::new(move |resource| all.judge(resource))
}

/// What has to be known of other resources.
struct Everything<'a> {
    trusted: Trusted,
    /// Resources that are one third party's, by the one that stands for them.
    groups: BTreeMap<(ResourceId, Service), Vec<Resource<'a>>>,
    /// Resources that answer for a service themselves.
    answered: BTreeSet<(ResourceId, Service)>,
}

impl Everything<'_> {
    fn judge(&self, resource: &Resource<'_>) -> Judgement {
        if !is_asked(resource) {
            return Judgement::NotApplicable;
        }
        let mut asked = false;
        let mut concerns: BTreeMap<Service, Concern<'_>> = BTreeMap::new();
        for dependency in judged(resource) {
            if self.is_answered_elsewhere(resource, dependency) {
                continue;
            }
            asked = true;
            let Some(found) = self.concern(resource, dependency) else {
                continue;
            };
            match concerns.get_mut(&service(dependency)) {
                Some(known) => known.all.push(dependency),
                None => {
                    concerns.insert(service(dependency), found);
                }
            }
        }
        if !asked {
            return Judgement::NotApplicable;
        }
        let verdicts = concerns
            .into_iter()
            .map(|(service, concern)| self.verdict(resource, &service, &concern));
        Judgement::of(verdicts.collect())
    }

    /// Another resource stands for the same service, or is itself what this one reads.
    fn is_answered_elsewhere(&self, resource: &Resource<'_>, dependency: &Dependency) -> bool {
        let Some(target) = dependency.target else {
            return false;
        };
        if !dependency.path.is_empty() {
            return self.answered.contains(&(target, service(dependency)));
        }
        let group = self.groups.get(&(target, service(dependency)));
        let seat = group.and_then(|group| group.first());
        seat.is_some_and(|seat| seat.id() != resource.id())
    }

    fn concern<'d>(
        &self,
        resource: &Resource<'_>,
        dependency: &'d Dependency,
    ) -> Option<Concern<'d>> {
        let strict = resource.sensitivity().level == Level::Particular;
        let standing = match &dependency.hosting {
            HostingFact::Absent => Standing::Fine,
            HostingFact::Unknown(_) if self.trusted.has(&dependency.name) => Standing::Fine,
            HostingFact::Unknown(gap) => Standing::Gap(gap),
            HostingFact::Known(hosting) if strict => of_qualification(hosting),
            HostingFact::Known(hosting) => of_exposure(hosting),
        };
        match standing {
            Standing::Fine => None,
            standing => Some(Concern {
                flow: dependency.flow,
                standing,
                all: vec![dependency],
            }),
        }
    }

    fn verdict(
        &self,
        resource: &Resource<'_>,
        service: &Service,
        concern: &Concern<'_>,
    ) -> Verdict {
        let group = concern
            .all
            .first()
            .filter(|one| one.path.is_empty())
            .and_then(|one| self.groups.get(&(one.target?, service.clone())));
        let others = group.map_or(0, |group| group.len().saturating_sub(1));
        let mut verdict = match &concern.standing {
            Standing::Gap(gap) => Verdict::undetermined(gap, cannot_tell(resource, concern)),
            Standing::Open(reason) => {
                Verdict::undecided(reason.clone(), cannot_tell(resource, concern))
            }
            Standing::Bad(why, hosting) => {
                Verdict::violation(message(resource, concern, hosting, why, others))
            }
            Standing::Fine => Verdict::violation(cannot_tell(resource, concern)),
        };
        for dependency in concern.all.iter().take(MOST_NAMES) {
            verdict = verdict.evidence(&dependency.evidence);
        }
        if let Some(dependency) = concern.all.first() {
            verdict = verdict.path(&dependency.path);
            if let HostingFact::Known(hosting) = &dependency.hosting {
                verdict = verdict.evidence(&hosting.basis.evidence);
            }
            if let gardefou_sdk::LocationFact::Known(location) = &dependency.location {
                verdict = verdict.evidence(&location.basis.evidence);
            }
        }
        let related = group.into_iter().flatten().skip(1).take(MOST_RELATED);
        verdict
            .related(related)
            .severity(severity(resource, concern.flow))
            .evidence(&resource.sensitivity().basis.evidence)
    }
}

/// One operator, for one kind of thing.
struct Concern<'d> {
    flow: Flow,
    standing: Standing<'d>,
    all: Vec<&'d Dependency>,
}

/// How the operator of a service stands before the level of what flows there.
enum Standing<'d> {
    Fine,
    /// Not good enough, and why.
    Bad(Text, &'d Hosting),
    /// Not established.
    Gap(&'d Gap),
    /// Known operator, and the question stays open.
    Open(Text),
}

/// Does the rule have something to say at this level?
fn is_asked(resource: &Resource<'_>) -> bool {
    let level = resource.sensitivity().level;
    level != Level::Beyond && resource.regime().qualification != Demand::None
}

/// What keeps or executes data at another company is judged as what it is, by `qualification/not-qualified` and
/// `residency/outside-area`, and not as somebody's dependency as well.
fn judged<'r>(resource: &'r Resource<'_>) -> impl Iterator<Item = &'r Dependency> {
    let stores = Class::HOLDS_DATA
        | Class::COMPUTE
        | Class::WORKLOAD
        | Class::EDGE
        | Class::REGISTRY
        | Class::SECRETS
        | Class::LOGS;
    let all = resource.dependencies();
    let is_store = !all.is_empty() && resource.class().intersects(stores);
    all.iter()
        .filter(move |one| !(is_store && one.path.is_empty() && one.target.is_some()))
}

/// By what flows, and the operator; by the name of the service when nobody knows the operator.
fn service(dependency: &Dependency) -> Service {
    let who = match &dependency.hosting {
        HostingFact::Known(hosting) => &hosting.provider,
        HostingFact::Unknown(_) | HostingFact::Absent => &dependency.name,
    };
    (dependency.flow as u8, who.clone())
}

/// Data of particular sensitivity: a visa in force, in its scope, or none at all.
fn of_qualification(hosting: &Hosting) -> Standing<'_> {
    let offering = name(hosting);
    match (hosting.visa, hosting.scope) {
        (Visa::InForce, Scope::Inside) => Standing::Fine,
        (Visa::InForce, Scope::NotStated) => Standing::Open(text!(
            "the visa of {offering} is in force, and whether it covers this use is not established",
            "le visa de {offering} est en vigueur, sans qu'il soit établi qu'il couvre cet usage"
        )),
        (Visa::InForce, Scope::Outside) => Standing::Bad(
            text!(
                "outside the scope of its SecNumCloud visa",
                "hors du périmètre de son visa SecNumCloud"
            ),
            hosting,
        ),
        // A company with a qualified offering, and nothing tells which one is meant.
        (Visa::None, _) if hosting.offering.is_none() && hosting.qualified_sibling.is_some() => {
            Standing::Open(text!(
                "{offering} has a qualified offering, and nothing tells which one is meant",
                "{offering} a une offre qualifiée, et rien ne dit laquelle est visée"
            ))
        }
        (Visa::Candidate, _) => Standing::Bad(
            text!(
                "a SecNumCloud candidate, which counts for nothing before the decision",
                "candidate SecNumCloud, ce qui ne vaut rien avant la décision"
            ),
            hosting,
        ),
        (Visa::Lapsed, _) => Standing::Bad(
            text!(
                "whose SecNumCloud visa has ended",
                "dont le visa SecNumCloud a pris fin"
            ),
            hosting,
        ),
        (Visa::None, _) => Standing::Bad(
            text!(
                "which has no SecNumCloud visa in force",
                "qui n'a pas de visa SecNumCloud en vigueur"
            ),
            hosting,
        ),
    }
}

/// Health data: an operator of the EU, out of reach of foreign law.
fn of_exposure(hosting: &Hosting) -> Standing<'_> {
    let provider = &hosting.provider;
    match (hosting.exposure, hosting.eu_controlled) {
        (Exposure::Exposed, _) => Standing::Bad(
            text!(
                "which foreign law can reach",
                "que des lois étrangères peuvent atteindre"
            ),
            hosting,
        ),
        (_, Answer3::No) => Standing::Bad(
            text!(
                "which is not controlled from the European Union",
                "qui n'est pas contrôlé depuis l'Union européenne"
            ),
            hosting,
        ),
        (Exposure::None | Exposure::Elsewhere, _) => Standing::Fine,
        (Exposure::Unknown, _) => Standing::Open(text!(
            "whether foreign law reaches {provider} is not established",
            "rien n'établit si des lois étrangères atteignent {provider}"
        )),
    }
}

/// By what flows; one step lower for health data, and for a private body whom the doctrine only advises.
fn severity(resource: &Resource<'_>, flow: Flow) -> Severity {
    let mut severity = match flow {
        Flow::Data | Flow::Secrets => Severity::Critical,
        Flow::Identities | Flow::Logs => Severity::High,
        Flow::Images | Flow::Sources => Severity::Medium,
    };
    if resource.sensitivity().level != Level::Particular || resource.regime().softened {
        severity = lower(severity);
    }
    severity
}

fn name(hosting: &Hosting) -> &str {
    hosting.offering.as_deref().unwrap_or(&hosting.provider)
}

/// What the resource does with the service.
fn does(flow: Flow) -> Text {
    match flow {
        Flow::Data => text!("sends data to", "envoie des données à"),
        Flow::Secrets => text!("keeps secrets at", "confie des secrets à"),
        Flow::Identities => text!(
            "relies for identities on",
            "s'en remet pour les identités à"
        ),
        Flow::Logs => text!("sends logs to", "envoie des journaux à"),
        Flow::Images => text!("runs images from", "exécute des images de"),
        Flow::Sources => text!("takes code from", "prend du code chez"),
    }
}

/// The way out.
fn remedy(flow: Flow) -> Text {
    match flow {
        Flow::Data => text!(
            "use a service of its own host, or one that you run there",
            "employez un service de son propre hébergeur, ou un que vous y exploitez"
        ),
        Flow::Secrets => text!(
            "keep them in a vault of its own host, or one that you run there",
            "gardez-les dans un coffre de son propre hébergeur, ou un que vous y exploitez"
        ),
        Flow::Identities => text!(
            "run the identity provider where the data is",
            "exploitez le fournisseur d'identité là où sont les données"
        ),
        Flow::Logs => text!(
            "collect them with a service of its own host, or one that you run there",
            "collectez-les avec un service de son propre hébergeur, ou un que vous y exploitez"
        ),
        Flow::Images => text!(
            "mirror them into a registry of its own host",
            "recopiez-les dans un registre de son propre hébergeur"
        ),
        Flow::Sources => text!(
            "host code and pipelines where the data is",
            "hébergez code et chaînes de livraison là où sont les données"
        ),
    }
}

/// How the services are called here, the first few.
fn names(concern: &Concern<'_>) -> String {
    listed(concern.all.iter().map(|one| one.name.as_str()))
}

fn cannot_tell(resource: &Resource<'_>, concern: &Concern<'_>) -> Text {
    let address = resource.name();
    let data = level_words(resource.sensitivity().level);
    let (data_en, data_fr) = (&data.en, &data.fr);
    let does = does(concern.flow);
    let (does_en, does_fr) = (&does.en, &does.fr);
    let names = names(concern);
    // A host may be one's own; a company is not.
    let is_host = matches!(concern.standing, Standing::Gap(_))
        && concern.all.iter().all(|one| one.name.contains('.'));
    let remedy = if is_host {
        text!(
            "name a host of your own under trusted-hosts",
            "nommez un hôte à vous dans trusted-hosts"
        )
    } else {
        text!(
            "say it where the code can show it, or use a service of its own host",
            "dites-le là où le code peut le montrer, ou employez un service de son propre hébergeur"
        )
    };
    let (remedy_en, remedy_fr) = (&remedy.en, &remedy.fr);
    text!(
        "{address} serves {data_en} and {does_en} {names}: cannot tell whether that operator suits them; {remedy_en}",
        "{address} sert {data_fr} et {does_fr} {names} : impossible de dire si cet opérateur convient ; {remedy_fr}"
    )
}

fn message(
    resource: &Resource<'_>,
    concern: &Concern<'_>,
    hosting: &Hosting,
    why: &Text,
    others: usize,
) -> Text {
    let address = resource.name();
    let data = level_words(resource.sensitivity().level);
    let (data_en, data_fr) = (&data.en, &data.fr);
    let does = does(concern.flow);
    let (does_en, does_fr) = (&does.en, &does.fr);
    let offering = name(hosting);
    let names = names(concern);
    let (why_en, why_fr) = (&why.en, &why.fr);
    let remedy = remedy(concern.flow);
    let (remedy_en, remedy_fr) = (&remedy.en, &remedy.fr);
    let laws = hosting.exposed_to.iter().take(MOST_LAWS);
    let laws: Vec<&str> = laws.map(String::as_str).collect();
    let laws = match (hosting.exposure, laws.as_slice()) {
        (Exposure::Exposed, [_, ..]) => format!(" ({})", laws.join(", ")),
        _ => String::new(),
    };
    let more = match others {
        0 => text!("", ""),
        1 => text!(
            ", as does one more resource of it",
            ", comme une autre de ses ressources"
        ),
        _ => text!(
            ", as do {others} more resources of it",
            ", comme {others} autres de ses ressources"
        ),
    };
    let (more_en, more_fr) = (&more.en, &more.fr);
    text!(
        "{address} serves {data_en} and {does_en} {offering} [{names}]{more_en}, {why_en}{laws}; {remedy_en}",
        "{address} sert {data_fr} et {does_fr} {offering} [{names}]{more_fr}, {why_fr}{laws} ; {remedy_fr}"
    )
}

/// Hosts that the organisation runs itself, or answers for: `vault.example.org`, `*.example.org`.
struct Trusted(Vec<String>);

impl Trusted {
    fn has(&self, host: &str) -> bool {
        self.0
            .iter()
            .any(|pattern| match pattern.strip_prefix("*.") {
                Some(domain) => host
                    .len()
                    .checked_sub(domain.len() + 1)
                    .and_then(|at| host.get(at..))
                    .and_then(|end| end.strip_prefix('.'))
                    .is_some_and(|end| !domain.is_empty() && end.eq_ignore_ascii_case(domain)),
                None => pattern.eq_ignore_ascii_case(host),
            })
    }
}

#[cfg(test)]
mod tests;
