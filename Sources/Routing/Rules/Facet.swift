/// Something a rule may ask about a call, with the values that the rules tell apart.
struct Facet: Sendable, Hashable {
    enum Subject: Sendable, Hashable {
        case caller, isInternal, isBlocked, openCase, openCallback, owner, agent, segment, language, agentAge
        /// None, another one, or one that the document names.
        case accountQueue
        case hours(Int), callers(Int), extra(String), share(Int), pool(Int)
        // These may change when the call is asked about again.
        case bnum, targetID
    }

    let subject: Subject
    /// The values in words; their order is their number.
    let values: [String]

    /// False for what stays the same however often a call is asked about.
    var changesWithQueue: Bool {
        switch subject {
        case .bnum, .targetID: true
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
