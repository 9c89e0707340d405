import Operations

extension UserFilter {
    func fits(_ user: UserRow) -> Bool {
        switch self {
        case .noMobile: user.state == "matched" && user.mobile == nil
        case .matched, .unmatched, .ambiguous: user.state == rawValue
        case .enreach: false
        }
    }
}
