public import Foundation

/// The application user of the environment.
public struct WhoAmI: Sendable, Hashable {
    public var userID: UUID
    public var businessUnitID: UUID
    public var organizationID: UUID

    public init(userID: UUID, businessUnitID: UUID, organizationID: UUID) {
        self.userID = userID
        self.businessUnitID = businessUnitID
        self.organizationID = organizationID
    }
}
