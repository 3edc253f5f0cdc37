"""How the labels of the data sets are read: which intents report a problem."""

NEGATIVE, NEUTRAL, POSITIVE = range(3)
SENTIMENTS = ("negative", "neutral", "positive")
NOT_SAID = -1
"""A set says nothing about this: the example does not count for it."""

BANKING_PROBLEMS = frozenset(
    {
        "balance_not_updated_after_bank_transfer",
        "balance_not_updated_after_cheque_or_cash_deposit",
        "card_not_working",
        "card_payment_fee_charged",
        "card_payment_not_recognised",
        "card_payment_wrong_exchange_rate",
        "card_swallowed",
        "cash_withdrawal_charge",
        "cash_withdrawal_not_recognised",
        "contactless_not_working",
        "declined_card_payment",
        "declined_cash_withdrawal",
        "declined_transfer",
        "direct_debit_payment_not_recognised",
        "extra_charge_on_statement",
        "failed_transfer",
        "Refund_not_showing_up",
        "reverted_card_payment?",
        "top_up_failed",
        "top_up_reverted",
        "transaction_charged_twice",
        "transfer_fee_charged",
        "transfer_not_received_by_recipient",
        "unable_to_verify_identity",
        "virtual_card_not_working",
        "wrong_amount_of_cash_received",
        "wrong_exchange_rate_for_cash_withdrawal",
    }
)
"""Something went wrong, in the customer's eyes."""

BANKING_DOUBTFUL = frozenset(
    {
        "beneficiary_not_allowed",
        "card_arrival",
        "compromised_card",
        "lost_or_stolen_card",
        "lost_or_stolen_phone",
        "passcode_forgotten",
        "pending_card_payment",
        "pending_cash_withdrawal",
        "pending_top_up",
        "pending_transfer",
        "pin_blocked",
        "request_refund",
        "transfer_timing",
    }
)
"""Some of these complain and some ask: they teach nothing about either."""

BITEXT_PROBLEMS = frozenset({"complaint", "payment_issue", "registration_problems"})
BITEXT_DOUBTFUL = frozenset({"contact_human_agent", "contact_customer_service", "review", "get_refund"})
