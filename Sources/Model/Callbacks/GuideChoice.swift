/// A choice column of the vendor's guide: its labels, and their order, which gives the values in Dynamics.
public protocol GuideChoice: RawRepresentable<String>, CaseIterable, Sendable, Hashable where AllCases == [Self] {
    /// As the guide and the forms in Dynamics have it.
    var label: String { get }
}

extension GuideChoice {
    /// The value of the option in Dynamics.
    ///
    /// - Parameter base: the first value of the publisher's options: its option prefix times 10,000.
    public func optionValue(base: Int) -> Int { base + (Self.allCases.firstIndex(of: self) ?? 0) }

    /// The choice of an option's value; nil when there is none.
    public init?(optionValue: Int, base: Int) {
        let place = optionValue - base
        guard Self.allCases.indices.contains(place) else { return nil }
        self = Self.allCases[place]
    }
}

/// Who owns the phone call of a callback request.
public enum OwnershipRule: String, GuideChoice {
    /// The application user of the hub.
    case apiUser = "api_user"
    /// The owner of the profile's queue.
    case queueOwner = "queue_owner"

    public var label: String {
        switch self {
        case .apiUser: "API User"
        case .queueOwner: "Owner of Queue"
        }
    }
}

/// What becomes of further requests of a number while one of it is open.
public enum DuplicateHandlingRule: String, GuideChoice {
    /// Every request becomes a phone call; open ones of the same number are linked to each other.
    case bundle
    /// One open phone call per number and callback list; the others are recorded as ignored.
    case ignore

    public var label: String {
        switch self {
        case .bundle: "Bundle calls"
        case .ignore: "Ignore additional calls"
        }
    }
}

/// How requests of a callback list reach the hub.
public enum SynchronizationMethod: String, GuideChoice {
    case polling
    case webhook
    case webhookWithPolling = "webhook_with_polling"

    public var label: String {
        switch self {
        case .polling: "Polling"
        case .webhook: "Webhook"
        case .webhookWithPolling: "Webhook backed with polling"
        }
    }

    /// Whether requests are asked for regularly; only then Age Time Unit and Callback Age have a meaning.
    public var polls: Bool { self != .webhook }
}

/// The unit of Callback Age.
public enum AgeTimeUnit: String, GuideChoice {
    case days, hours, minutes

    public var label: String {
        switch self {
        case .days: "Days"
        case .hours: "Hours"
        case .minutes: "Minutes"
        }
    }

    public var seconds: Int {
        switch self {
        case .days: 86_400
        case .hours: 3600
        case .minutes: 60
        }
    }
}
