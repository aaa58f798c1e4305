defmodule IndexTest do
  use ExUnit.Case

  defp call(payload, env \\ %{}) do
    Index.main(
      %{env: env, headers: %{"user-agent" => "test"}, payload: payload},
      %Runtime.Response{}
    )
  end

  test "greets whoever is named" do
    answer = call(~s({"name": "you"}), %{"GREETING" => "Good day"})
    assert answer.value == %{message: "Good day, you!", client: "test"}
    assert answer.status == 200
  end

  test "refuses what is no object" do
    for payload <- ["no JSON", "[1]"], do: assert(call(payload).status == 400)
  end
end
