import Operations

/// What concerns only who is signed in: leaving, the looks, one's own password.
enum AccountFeature: ConsoleFeature {
    static let pages = [PageRoute("/account") { request in try await AccountPage.page(request) }]

    static let forms = [
        FormRoute("/sign-out") { try await SignOut.one($0) },
        FormRoute("/sign-out/everywhere") { try await SignOut.everywhere($0) },
        FormRoute("/account/password") { try await AccountPage.changePassword($0) },
    ]
}
