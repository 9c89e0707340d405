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

    public init(
        id: UUID, userName: String, email: String, firstName: String, lastName: String, workNumber: String?, mobileNumber: String?
    ) {
        self.id = id
        self.userName = userName
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.workNumber = workNumber
        self.mobileNumber = mobileNumber
    }
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

    public init(id: UUID, name: String, typeID: Int, numbers: [String], live: Bool) {
        self.id = id
        self.name = name
        self.typeID = typeID
        self.numbers = numbers
        self.live = live
    }
}
