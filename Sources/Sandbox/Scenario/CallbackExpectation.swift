public import Foundation

/// What a correct hub must end with for one callback request.
public struct CallbackExpectation: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable {
        /// A phone call of its own.
        case written
        /// One of several with one number, each with a phone call, all linked to each other.
        case bundled
        /// One of several with one number, of which exactly one has a phone call.
        case ignored
        /// Nothing: no profile takes its list, or it was over before anybody could read it.
        case untouched
    }

    public var id: UUID
    /// The case it was made for, `plain`, `repeated`, `withheld`.
    public var kind: String
    public var state: State
    public var listID: UUID
    /// Those of one group have one number; by list where further ones are ignored.
    public var group: String?
    /// As received; nil where there is none that could be called.
    public var number: String?
    /// The Dynamics queue the phone call must stand in.
    public var queueID: UUID?
    /// The systemuser that must own it; nil is the application user.
    public var owner: UUID?
    public var subject: String?
    /// Whether the request must end closed in Enreach.
    public var closed: Bool
    public var readyAt: Date
}

/// A callback profile under which the expectations hold; whoever sets up the hub makes it so.
public struct AssumedCallbackProfile: Codable, Sendable, Equatable {
    public var name: String
    public var listID: UUID
    public var listName: String
    public var queueID: UUID
    public var queueName: String
    /// `api_user` or `queue_owner`.
    public var ownership: String
    /// Empty is the global one.
    public var subject: String
    /// `bundle` or `ignore`.
    public var duplicates: String
    /// `polling`, `webhook` or `webhook_with_polling`.
    public var method: String
    /// Hours that each poll asks back.
    public var ageHours: Int
}
