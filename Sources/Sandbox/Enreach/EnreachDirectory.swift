public import Foundation

/// A user of the telephone system.
public struct EnreachUserRecord: Sendable, Codable, Equatable {
    public var id: UUID
    public var userName: String
    public var email: String
    public var firstName: String
    public var lastName: String
    public var workNumber: String?
    public var mobileNumber: String?
}

/// A queue of the telephone system.
public struct EnreachQueueRecord: Sendable, Codable, Equatable {
    public var id: UUID
    public var name: String
    /// 1 UserDirect, 2 PersonalWork, 4 ServiceQueue, 5 IvrQueue, 6 ShortNumber, 7 Technical.
    public var typeID: Int
    public var numbers: [String]
    /// Whether it has a live status.
    public var live: Bool
}
