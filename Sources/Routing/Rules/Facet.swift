/// Something a rule may ask about a call, with the values that the rules tell apart.
struct Facet: Sendable, Hashable {
    enum Subject: Sendable, Hashable {
        case caller, isInternal, isBlocked, openCase, openCallback, owner, agent, segment, language, agentAge
        /// None, another one, or one that the document names.
        case accountQueue
        case hours(Int), callers(Int), extra(String), share(Int), pool(Int)
        case bnum, targetID
    }

    let subject: Subject
    /// The values in words; their order is their number.
    let values: [String]

    /// The name in `extradata` that a caller's language is taken from where the directory knows none.
    static let culture = "DYN_PAR_Culture"

    /// Whether it may have another value when the call is asked about again, at the next number.
    ///
    /// - Parameter constants: names in `extradata` that stay the same for the whole of a call; all others may differ at each queue, as `CurrQueueId`
    ///   does.
    func changesWithQueue(constants: Set<String>) -> Bool {
        switch subject {
        case .bnum, .targetID: true
        case .extra(let name): !constants.contains(name)
        case .language: !constants.contains(Self.culture)
        default: false
        }
    }

    /// What it is called in a trace.
    var name: String {
        switch subject {
        case .caller: "caller"
        case .isInternal: "internal"
        case .isBlocked: "blocked"
        case .openCase: "open_case"
        case .openCallback: "open_callback"
        case .owner: "owner's number"
        case .agent: "last agent's number"
        case .segment: "segment"
        case .language: "language"
        case .agentAge: "last agent"
        case .accountQueue: "account's queue"
        case .hours: "hours"
        case .callers: "anum"
        case .extra(let name): name
        case .bnum: "bnum"
        case .targetID: "targetid"
        case .share: "share"
        case .pool: "pool"
        }
    }

    static func flag(_ subject: Subject) -> Facet { Facet(subject: subject, values: ["no", "yes"]) }

    /// Numbers of the values of ``Subject/caller``.
    enum CallerValue: Int, CaseIterable {
        case anonymous, noNumber, unknown, ambiguous, contact, account, lead

        static func values(of word: String) -> [CallerValue] {
            switch word {
            case "known": [.contact, .account, .lead]
            case "unknown": [.noNumber, .unknown, .ambiguous]
            case "anonymous": [.anonymous]
            case "ambiguous": [.ambiguous]
            case "contact": [.contact]
            case "account": [.account]
            default: [.lead]
            }
        }

        var word: String {
            switch self {
            case .anonymous: "anonymous"
            case .noNumber: "without a number"
            case .unknown: "unknown"
            case .ambiguous: "ambiguous"
            case .contact: "contact"
            case .account: "account"
            case .lead: "lead"
            }
        }
    }
}
